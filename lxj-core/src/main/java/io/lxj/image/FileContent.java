package io.lxj.image;

import io.lxj.linux.Block;
import io.lxj.linux.Errno;
import io.lxj.linux.Fd;
import io.lxj.linux.LinuxException;
import io.lxj.linux.Syscall;
import java.io.IOException;

/** Writes the content of one file, and leaves the holes of a sparse one. */
final class FileContent {
    private FileContent() {}

    /** Takes the content of the current entry to a file. */
    static void write(EntrySource source, TarEntry entry, Fd file, Checkpoint checkpoint) throws IOException {
        if (entry.sparse().isPresent()) {
            Pieces pieces = new Pieces(entry.sparse().get(), file);
            source.content((memory, offset, length) -> {
                checkpoint.check();
                pieces.accept(memory, offset, length);
            });
            truncate(file, entry.size());
        } else if (entry.stored() > 0) {
            source.content((memory, offset, length) -> {
                checkpoint.check();
                file.write(memory, offset, length);
            });
        }
    }

    private static void truncate(Fd file, long size) throws LinuxException {
        long result = file.call(Syscall.FTRUNCATE, size);
        if (result < 0) {
            throw LinuxException.of(result, "ftruncate", file.number(), size);
        }
    }

    /** Puts the stored bytes where the map says. */
    private static final class Pieces implements ContentSink {
        private final SparseMap map;
        private final Fd file;
        private int piece;
        private long inPiece;

        Pieces(SparseMap map, Fd file) {
            this.map = map;
            this.file = file;
        }

        @Override
        public void accept(Block memory, int offset, int length) throws IOException {
            int done = 0;
            while (done < length) {
                int n = (int) Math.min(length - done, map.length(piece) - inPiece);
                write(memory, offset + done, n, map.offset(piece) + inPiece);
                done += n;
                inPiece += n;
                if (inPiece == map.length(piece)) {
                    piece++;
                    inPiece = 0;
                }
            }
        }

        private void write(Block memory, int offset, int length, long position) throws LinuxException {
            int done = 0;
            while (done < length) {
                long result = file.call(
                        Syscall.PWRITE64, memory.address() + offset + done, length - (long) done, position + done);
                if (result < 0 && !Errno.EINTR.is(result)) {
                    throw LinuxException.of(
                            result, "pwrite64", file.number(), "buffer", length - done, position + done);
                }
                done += (int) Math.max(0, result);
            }
        }
    }
}

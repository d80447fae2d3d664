package io.lxj.linux;

import java.util.function.LongConsumer;

/**
 * Copies the content of files: as references to the same blocks where the file system can share them, else within the
 * kernel; holes stay holes. It remembers which of these ways the file systems refused, so use one object for all files of
 * a copy. Thread-safe.
 */
public final class FileCopy {
    static final int FICLONE = 0x40049409;
    private static final int SEEK_DATA = 3;
    private static final int SEEK_HOLE = 4;
    // Below this, a read and a write of memory cost less than what the kernel sets up for a copy of its own.
    private static final int SMALL = 64 * 1024;
    private static final int STEP = 16 << 20;

    private final LongConsumer progress;
    private volatile boolean sharesBlocks = true;
    private volatile boolean copiesInKernel = true;

    /**
     * Makes a copier.
     *
     * @param progress is told how many bytes were copied since the last call, by each thread that copies; an exception
     *     of its own ends the copy
     */
    public FileCopy(LongConsumer progress) {
        this.progress = progress;
    }

    /**
     * Copies a file from its beginning.
     *
     * @param from a regular file, open for reading
     * @param stat its metadata; what is appended meanwhile isn't copied
     * @param to an empty regular file, open for writing, at its beginning
     * @throws LinuxException if reading or writing fails, ENOSPC for example
     */
    public void copy(Fd from, Stat stat, Fd to) throws LinuxException {
        long size = stat.size();
        if (size == 0) {
            return;
        }
        if (share(from, to)) {
            progress.accept(size);
        } else if (stat.blocks() * 512 < size) {
            copySparse(from, size, to);
        } else {
            copyRange(from, 0, size, to);
        }
    }

    private boolean share(Fd from, Fd to) {
        if (!sharesBlocks) {
            return false;
        }
        long result = from.borrow(number -> to.call(Syscall.IOCTL, FICLONE, number));
        if (Errno.EOPNOTSUPP.is(result) || Errno.ENOTTY.is(result) || Errno.EXDEV.is(result)) {
            sharesBlocks = false;
        }
        // Any other error is one of this file; the real copy will meet it.
        return result >= 0;
    }

    private void copySparse(Fd from, long size, Fd to) throws LinuxException {
        long end = 0;
        while (end < size) {
            long start = from.call(Syscall.LSEEK, end, SEEK_DATA);
            if (Errno.ENXIO.is(start)) {
                break;
            }
            long hole = start < 0 ? start : from.call(Syscall.LSEEK, start, SEEK_HOLE);
            if (hole < 0) {
                throw LinuxException.of(
                        hole, "lseek", from, Math.max(end, start), start < 0 ? "SEEK_DATA" : "SEEK_HOLE");
            }
            end = Math.min(hole, size);
            copyRange(from, Math.min(start, size), end, to);
        }
        long result = to.call(Syscall.FTRUNCATE, size);
        if (result < 0) {
            throw LinuxException.of(result, "ftruncate", to, size);
        }
    }

    private void copyRange(Fd from, long start, long end, Fd to) throws LinuxException {
        long position = start;
        if (copiesInKernel && end - start > SMALL) {
            position = copyInKernel(from, start, end, to);
        }
        if (position < end) {
            copyThroughMemory(from, position, end, to);
        }
    }

    /** Copies as much as the kernel does by itself, and says where it stopped. */
    private long copyInKernel(Fd from, long start, long end, Fd to) throws LinuxException {
        try (Scratch scratch = Scratch.open()) {
            Block offsets = scratch.block(16);
            long in = offsets.address();
            long out = offsets.address() + 8;
            long position = start;
            while (position < end) {
                offsets.buffer().putLong(0, position).putLong(8, position);
                long length = Math.min(STEP, end - position);
                long result = to.borrow(number -> from.call(Syscall.COPY_FILE_RANGE, in, number, out, length, 0));
                if (result < 0 && position == start && cannot(result)) {
                    copiesInKernel = false;
                    return position;
                }
                if (result < 0 && !Errno.EINTR.is(result)) {
                    throw LinuxException.of(result, "copy_file_range", from, position, to, position, length, 0);
                }
                if (result == 0) {
                    // The end, or a file system that pretends to have no content (before kernel 5.19): see for
                    // ourselves.
                    return position;
                }
                if (result > 0) {
                    position += result;
                    progress.accept(result);
                }
            }
            return position;
        }
    }

    private static boolean cannot(long result) {
        return Errno.EXDEV.is(result)
                || Errno.EINVAL.is(result)
                || Errno.EOPNOTSUPP.is(result)
                || Errno.ENOSYS.is(result);
    }

    private void copyThroughMemory(Fd from, long start, long end, Fd to) throws LinuxException {
        try (Scratch scratch = Scratch.open()) {
            Block block = scratch.block((int) Math.min(SMALL / 2, end - start));
            long position = start;
            while (position < end) {
                int wanted = (int) Math.min(block.length(), end - position);
                int length = from.read(block, 0, wanted, position);
                if (length == 0) {
                    // It was cut meanwhile.
                    return;
                }
                write(to, block, length, position);
                position += length;
                progress.accept(length);
            }
        }
    }

    private static void write(Fd to, Block block, int length, long position) throws LinuxException {
        int done = 0;
        while (done < length) {
            long result = to.call(Syscall.PWRITE64, block.address() + done, length - done, position + done);
            if (result < 0 && !Errno.EINTR.is(result)) {
                throw LinuxException.of(result, "pwrite64", to, "buffer", length - done, position + done);
            }
            done += (int) Math.max(0, result);
        }
    }
}

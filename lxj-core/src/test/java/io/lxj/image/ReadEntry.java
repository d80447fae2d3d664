package io.lxj.image;

import static org.assertj.core.api.Assertions.assertThat;

import io.lxj.config.ImportLimits;
import io.lxj.linux.Block;
import io.lxj.linux.FileName;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** An entry that a test has read, with the content as the archive stores it. */
record ReadEntry(TarEntry entry, byte[] stored) {
    String name() {
        return FileName.string(entry.name());
    }

    /** The whole file, holes filled with zeros. */
    byte[] content() {
        if (entry.sparse().isEmpty()) {
            return stored;
        }
        byte[] file = new byte[Math.toIntExact(entry.size())];
        SparseMap map = entry.sparse().get();
        int at = 0;
        for (int i = 0; i < map.pieces(); i++) {
            System.arraycopy(stored, at, file, (int) map.offset(i), (int) map.length(i));
            at += (int) map.length(i);
        }
        return file;
    }

    static List<ReadEntry> all(byte[] archive) throws IOException {
        return all(archive, ImportLimits.defaults());
    }

    static List<ReadEntry> all(byte[] archive, ImportLimits limits) throws IOException {
        return all(ArchiveInput.of(new ByteArrayInputStream(archive), limits.totalBytes()), limits);
    }

    static List<ReadEntry> all(Path archive) throws IOException {
        return all(
                ArchiveInput.of(
                        FileChannel.open(archive), ImportLimits.defaults().totalBytes()),
                ImportLimits.defaults());
    }

    private static List<ReadEntry> all(ArchiveInput input, ImportLimits limits) throws IOException {
        List<ReadEntry> entries = new ArrayList<>();
        try (UncompressedArchive archive = UncompressedArchive.open(input, true)) {
            TarReader reader = new TarReader(new ChunkReader(archive.content(), limits.totalBytes()), limits);
            for (TarEntry entry = reader.next(); entry != null; entry = reader.next()) {
                ByteArrayOutputStream stored = new ByteArrayOutputStream();
                reader.content((memory, offset, length) -> stored.writeBytes(copy(memory, offset, length)));
                entries.add(new ReadEntry(entry, stored.toByteArray()));
            }
        }
        return entries;
    }

    private static byte[] copy(Block memory, int offset, int length) {
        byte[] bytes = new byte[length];
        memory.buffer().get(offset, bytes);
        return bytes;
    }

    /** Reads an archive of one entry. */
    static ReadEntry only(byte[] archive) throws IOException {
        List<ReadEntry> entries = all(archive);
        assertThat(entries).hasSize(1);
        return entries.get(0);
    }

    /** Reading a whole archive, as something that may fail. */
    static ThrowingCallable reading(TarBytes archive) {
        return () -> all(archive.finish());
    }
}

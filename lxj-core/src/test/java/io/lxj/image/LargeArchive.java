package io.lxj.image;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** An archive that is large as it is read, and small on disk: the content of its files is a hole. */
public final class LargeArchive {
    private LargeArchive() {}

    /**
     * Writes an archive.
     *
     * @param archive where it goes
     * @param links how many hard links to its first file it has at its top, with names as long as any
     * @param large how many large files
     * @param size how large those are in bytes, whole blocks
     */
    public static void write(Path archive, int links, int large, long size) throws IOException {
        try (FileChannel file = FileChannel.open(archive, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            for (int i = 0; i < large; i++) {
                TarBytes header = new TarBytes().name("large" + i).field(124, String.format("%011o", size));
                file.write(ByteBuffer.wrap(header.add().unfinished()));
                file.position(file.position() + size);
            }
            for (int i = 0; i < links; i++) {
                TarBytes entry = new TarBytes().pax("path", "n".repeat(247) + String.format("%08d", i));
                file.write(ByteBuffer.wrap(entry.hardlink("n", "large0").unfinished()));
            }
            file.write(ByteBuffer.wrap(new TarBytes().finish()));
        }
    }
}

package io.lxj.image;

import io.lxj.linux.Block;
import io.lxj.linux.Directory;
import io.lxj.linux.Fd;
import io.lxj.linux.FileName;
import io.lxj.linux.Open;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.HexFormat;

/** Digests an archive before it is unpacked; what comes as a stream is kept in a file without a name for that. */
final class Spool {
    private static final int BUFFER = 256 * 1024;
    private static final byte[] NAME = FileName.bytes("archive");

    private Spool() {}

    /** Copies a stream to its end into a temporary file, and opens that. */
    static FileChannel keep(InputStream stream, Directory folder, Checkpoint checkpoint) throws IOException {
        try (Fd file = folder.open(NAME, Open.O_RDWR | Open.O_CREAT | Open.O_EXCL, 0600)) {
            Block block = Block.allocate(BUFFER);
            StreamSource source = new StreamSource(stream, false);
            while (source.read(block.buffer().clear()) > 0) {
                checkpoint.check();
                file.write(block, 0, block.buffer().position());
            }
            // The path is a link of the kernel's own to the very file that was just written.
            FileChannel channel = FileChannel.open(Path.of("/proc/self/fd/" + file.number()), StandardOpenOption.READ);
            folder.unlink(NAME);
            return channel;
        }
    }

    /** The SHA-256 of a file in lower-case hexadecimal. Its position stays. */
    static String sha256(FileChannel file, Checkpoint checkpoint) throws IOException {
        MessageDigest digest = ArchiveInput.sha256();
        ByteBuffer buffer = ByteBuffer.allocate(BUFFER);
        long position = 0;
        int n;
        while ((n = file.read(buffer.clear(), position)) >= 0) {
            checkpoint.check();
            digest.update(buffer.flip());
            position += n;
        }
        return HexFormat.of().formatHex(digest.digest());
    }
}

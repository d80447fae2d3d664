package io.lxj.image;

import io.lxj.config.ByteSize;
import io.lxj.linux.Directory;
import io.lxj.linux.Fd;
import io.lxj.linux.FileName;
import io.lxj.linux.Metadata;
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
    static FileChannel keep(InputStream stream, ByteSize limit, Directory folder, Checkpoint checkpoint)
            throws IOException {
        try (Fd file = folder.open(NAME, Open.O_RDWR | Open.O_CREAT | Open.O_EXCL, 0600);
                Stage reading = Stage.startUnbounded("read", new StreamSource(stream, false))) {
            // In an ordinary user's state folder it isn't the user's own. Nobody else can get to it.
            Metadata.chmod(file, 0644);
            long size = 0;
            for (ChunkSource.Chunk chunk = reading.next(); chunk != null; chunk = reading.next()) {
                checkpoint.check();
                size += chunk.length();
                ArchiveInput.requireWithin(size, limit);
                file.write(chunk.memory(), 0, chunk.length());
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

package io.lxj.image;

import io.lxj.config.ByteSize;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * The compressed bytes of an archive as they come from a file or stream. What passes is counted and digested, so that
 * the digest is that of the very bytes which are unpacked. Counting may be watched by other threads.
 */
final class ArchiveInput implements ByteSource {
    private final ByteSource source;
    private final ByteSize limit;
    private final MessageDigest digest = sha256();
    private volatile long count;

    private ArchiveInput(ByteSource source, ByteSize limit) {
        this.source = source;
        this.limit = limit;
    }

    /** Reads a file of limited size from where its channel stands; the channel is closed with this. */
    static ArchiveInput of(FileChannel file, ByteSize limit) {
        ByteSource source = new ByteSource() {
            @Override
            public int read(ByteBuffer into) throws IOException {
                return file.read(into);
            }

            @Override
            public void close() throws IOException {
                file.close();
            }
        };
        return new ArchiveInput(source, limit);
    }

    /** Reads a stream to its end, which has to come before a limit. The stream stays open: it is the caller's. */
    static ArchiveInput of(InputStream stream, ByteSize limit) {
        return new ArchiveInput(new StreamSource(stream, false), limit);
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
        int start = into.position();
        int n = source.read(into);
        if (n > 0) {
            digest.update(into.duplicate().position(start).limit(start + n));
            count += n;
            requireWithin(count, limit);
        }
        return n;
    }

    /** How many bytes have been read so far. */
    @SuppressWarnings("NonAtomicOperationOnVolatileField")
    long count() {
        return count;
    }

    /** The SHA-256 of everything read, in lower-case hexadecimal. To be asked once, after the end. */
    String sha256Hex() {
        return HexFormat.of().formatHex(digest.digest());
    }

    /** Whatever comes out of it, an archive may go on and on before it is decompressed, too. */
    static void requireWithin(long count, ByteSize limit) throws ArchiveException {
        if (count > limit.bytes()) {
            throw ArchiveException.beyond("totalBytes", "the archive is larger than the limit of " + limit);
        }
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    @Override
    public void close() throws IOException {
        source.close();
    }
}

package io.lxj.image;

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
    private final MessageDigest digest = sha256();
    private volatile long count;

    private ArchiveInput(ByteSource source) {
        this.source = source;
    }

    /** Reads a file from where its channel stands; the channel is closed with this. */
    static ArchiveInput of(FileChannel file) {
        return new ArchiveInput(new ByteSource() {
            @Override
            public int read(ByteBuffer into) throws IOException {
                return file.read(into);
            }

            @Override
            public void close() throws IOException {
                file.close();
            }
        });
    }

    /** Reads a stream to its end. The stream stays open: it is the caller's. */
    static ArchiveInput of(InputStream stream) {
        return new ArchiveInput(new StreamSource(stream, false));
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
        int start = into.position();
        int n = source.read(into);
        if (n > 0) {
            digest.update(into.duplicate().position(start).limit(start + n));
            count += n;
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

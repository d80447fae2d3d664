package io.lxj.image;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.ByteBuffer;
import org.tukaani.xz.MemoryLimitException;
import org.tukaani.xz.SingleXZInputStream;

/**
 * The header of an xz block, see section 3.1 of <a href="https://tukaani.org/xz/xz-file-format.txt">the format</a>. The
 * sizes in it are claims that decompression shows to be true or not.
 *
 * @param bytes all of it
 * @param decoderKib how much memory its decoder needs, in KiB
 * @param compressed the size of the data in the archive in bytes, or -1 if the header doesn't tell both sizes
 * @param uncompressed the size of the content in bytes, or -1 if the header doesn't tell both sizes
 */
record XzBlockHeader(byte[] bytes, int decoderKib, long compressed, long uncompressed) {
    private static final int FLAGS = 1;
    private static final int FIELDS = 2;
    private static final int HAS_SIZES = 0xC0;

    /**
     * Reads a header.
     *
     * @param size its first byte, which isn't zero
     * @param in where the others come from
     * @param stream what it is part of
     */
    static XzBlockHeader read(int size, InputStream in, XzStreamHeader stream) throws IOException {
        byte[] bytes = new byte[(size + 1) * 4];
        bytes[0] = (byte) size;
        if (in.readNBytes(bytes, 1, bytes.length - 1) < bytes.length - 1) {
            throw new EOFException();
        }
        int decoderKib = decoderKib(bytes, stream);
        if ((bytes[FLAGS] & HAS_SIZES) != HAS_SIZES) {
            return new XzBlockHeader(bytes, decoderKib, -1, -1);
        }
        ByteBuffer fields = ByteBuffer.wrap(bytes).position(FIELDS);
        return new XzBlockHeader(bytes, decoderKib, number(fields), number(fields));
    }

    /** Has the library check the header and say how much memory it needs, which it does when it may not have any. */
    private static int decoderKib(byte[] bytes, XzStreamHeader stream) throws IOException {
        InputStream headers =
                new SequenceInputStream(new ByteArrayInputStream(stream.bytes()), new ByteArrayInputStream(bytes));
        try (InputStream decoder = new SingleXZInputStream(headers, 0)) {
            throw new IllegalStateException("the library decodes without memory: " + decoder.read());
        } catch (MemoryLimitException e) {
            return e.getMemoryNeeded();
        }
    }

    /** A number of as many bytes as it takes, seven bits each, the lowest first. The library has checked its end. */
    private static long number(ByteBuffer bytes) {
        long value = 0;
        byte next = (byte) 0x80;
        for (int shift = 0; next < 0; shift += 7) {
            next = bytes.get();
            value |= (long) (next & 0x7F) << shift;
        }
        return value;
    }

    boolean tellsSizes() {
        return compressed >= 0;
    }

    /** How much memory it takes to have all of the block, compressed and decompressed, in KiB. */
    long memoryKib() {
        return decoderKib + (compressed >> 10) + (uncompressed >> 10) + 2;
    }
}

package io.lxj.image;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import org.tukaani.xz.CorruptedInputException;
import org.tukaani.xz.XZ;

/**
 * What the index and the footer at the end of an xz stream have to be after its blocks, see sections 4 and 2.1.2 of
 * <a href="https://tukaani.org/xz/xz-file-format.txt">the format</a>. There is one right form of each. Its memory doesn't
 * grow with the number of blocks.
 */
final class XzIndex {
    private static final int MAX_NUMBER = 9;
    private static final int FOOTER = 12;
    private static final int BUFFER = 8192;

    private final XzStreamHeader stream;
    private final MessageDigest records = ArchiveInput.sha256();
    private long count;
    private long length;

    XzIndex(XzStreamHeader stream) {
        this.stream = stream;
    }

    /**
     * Adds a block.
     *
     * @param unpadded how many bytes it has in the stream, without padding
     * @param uncompressed how many bytes its content has
     */
    void add(long unpadded, long uncompressed) {
        byte[] record = record(unpadded, uncompressed);
        records.update(record);
        count++;
        length += record.length;
    }

    /** Reads index and footer, but for the first byte, which was zero and so no block's. */
    void require(InputStream in) throws IOException {
        CRC32 crc = new CRC32();
        crc.update(0);
        InputStream index = new CheckedInputStream(in, crc);
        byte[] number = number(count);
        require(index, number, "XZ Block Header or the start of XZ Index");
        requireRecords(index);
        int padding = padding(1 + number.length + length);
        require(index, new byte[padding], "XZ Index");
        require(in, littleEndian((int) crc.getValue()), "XZ Index");
        require(in, footer(stream, 1 + number.length + length + padding + Integer.BYTES), "XZ Stream Footer");
    }

    private void requireRecords(InputStream in) throws IOException {
        MessageDigest found = ArchiveInput.sha256();
        byte[] buffer = new byte[BUFFER];
        long left = length;
        while (left > 0) {
            int n = in.read(buffer, 0, (int) Math.min(left, buffer.length));
            if (n < 0) {
                throw new EOFException();
            }
            found.update(buffer, 0, n);
            left -= n;
        }
        if (!MessageDigest.isEqual(found.digest(), records.digest())) {
            throw new CorruptedInputException("XZ Index is corrupt");
        }
    }

    private static void require(InputStream in, byte[] expected, String what) throws IOException {
        byte[] found = in.readNBytes(expected.length);
        if (found.length < expected.length) {
            throw new EOFException();
        }
        if (!Arrays.equals(found, expected)) {
            throw new CorruptedInputException(what + " is corrupt");
        }
    }

    /**
     * Index and footer of a stream of one block.
     *
     * @param stream its header
     * @param unpadded how many bytes the block has in the stream, without padding
     * @param uncompressed how many bytes its content has
     */
    static byte[] ofOne(XzStreamHeader stream, long unpadded, long uncompressed) {
        byte[] record = record(unpadded, uncompressed);
        int begin = 2 + record.length;
        int size = begin + padding(begin) + Integer.BYTES;
        ByteBuffer bytes = ByteBuffer.allocate(size + FOOTER).put((byte) 0).put((byte) 1);
        bytes.put(record).position(size - Integer.BYTES);
        CRC32 crc = new CRC32();
        crc.update(bytes.array(), 0, bytes.position());
        return bytes.put(littleEndian((int) crc.getValue()))
                .put(footer(stream, size))
                .array();
    }

    private static byte[] record(long unpadded, long uncompressed) {
        byte[] first = number(unpadded);
        byte[] second = number(uncompressed);
        return ByteBuffer.allocate(first.length + second.length)
                .put(first)
                .put(second)
                .array();
    }

    /** As few bytes as it takes, seven bits each, the lowest first; all but the last have the highest bit set. */
    private static byte[] number(long value) {
        ByteBuffer bytes = ByteBuffer.allocate(MAX_NUMBER);
        long rest = value;
        while (rest > 0x7F) {
            bytes.put((byte) (rest | 0x80));
            rest >>>= 7;
        }
        bytes.put((byte) rest);
        return Arrays.copyOf(bytes.array(), bytes.position());
    }

    /** How many zeros make a size one of whole words. */
    static int padding(long size) {
        return (int) (-size & 3);
    }

    private static byte[] footer(XzStreamHeader stream, long indexSize) {
        byte[] size = littleEndian((int) (indexSize / 4 - 1));
        CRC32 crc = new CRC32();
        crc.update(size);
        crc.update(stream.flags());
        return ByteBuffer.allocate(FOOTER)
                .put(littleEndian((int) crc.getValue()))
                .put(size)
                .put(stream.flags())
                .put(XZ.FOOTER_MAGIC)
                .array();
    }

    private static byte[] littleEndian(int value) {
        return ByteBuffer.allocate(Integer.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(value)
                .array();
    }
}

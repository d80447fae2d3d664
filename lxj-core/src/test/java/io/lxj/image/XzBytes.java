package io.lxj.image;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32;

/** A stream of xz by hand, as xz(1) doesn't write it: its blocks hold their content uncompressed, with CRC32 as checksum. */
final class XzBytes {
    private static final byte[] FLAGS = {0, 1};
    private static final int LZMA2 = 0x21;

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final ByteArrayOutputStream records = new ByteArrayOutputStream();
    private int blocks;
    private int dictionary;

    XzBytes() {
        bytes.writeBytes(new byte[] {(byte) 0xFD, '7', 'z', 'X', 'Z', 0});
        bytes.writeBytes(FLAGS);
        bytes.writeBytes(crc32(FLAGS));
    }

    /** What the headers of blocks say of their dictionary from here on: (2 | 1) to the power of, from 4 KiB at 0. */
    XzBytes dictionary(int property) {
        dictionary = property;
        return this;
    }

    /** A block whose header tells its sizes. */
    XzBytes sized(byte[] content) {
        return block(content, (long) data(content).length, (long) content.length);
    }

    /** A block whose header tells neither size. */
    XzBytes unsized(byte[] content) {
        return block(content, null, null);
    }

    /** A block with anything for its sizes, or nothing where that is null. The index says the same. */
    XzBytes block(byte[] content, Long compressed, Long uncompressed) {
        byte[] data = data(content);
        ByteArrayOutputStream header = new ByteArrayOutputStream();
        header.write(0);
        header.write((compressed == null ? 0 : 0x40) | (uncompressed == null ? 0 : 0x80));
        if (compressed != null) {
            header.writeBytes(number(compressed));
        }
        if (uncompressed != null) {
            header.writeBytes(number(uncompressed));
        }
        header.writeBytes(new byte[] {LZMA2, 1, (byte) dictionary});
        pad(header);
        byte[] head = header.toByteArray();
        head[0] = (byte) (head.length / 4);
        bytes.writeBytes(head);
        bytes.writeBytes(crc32(head));
        bytes.writeBytes(data);
        pad(bytes);
        bytes.writeBytes(crc32(content));
        long unpadded = head.length + 4 + (compressed == null ? data.length : compressed) + 4;
        records.writeBytes(number(unpadded));
        records.writeBytes(number(uncompressed == null ? content.length : uncompressed));
        blocks++;
        return this;
    }

    /** Where the next block begins. */
    int length() {
        return bytes.size();
    }

    byte[] finish() {
        ByteArrayOutputStream index = new ByteArrayOutputStream();
        index.write(0);
        index.writeBytes(number(blocks));
        index.writeBytes(records.toByteArray());
        pad(index);
        index.writeBytes(crc32(index.toByteArray()));
        bytes.writeBytes(index.toByteArray());
        byte[] end = ByteBuffer.allocate(6)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(index.size() / 4 - 1)
                .put(FLAGS)
                .array();
        bytes.writeBytes(crc32(end));
        bytes.writeBytes(end);
        bytes.writeBytes(new byte[] {'Y', 'Z'});
        return bytes.toByteArray();
    }

    /** Chunks of LZMA2, the first of which resets the dictionary, and the end. */
    private static byte[] data(byte[] content) {
        ByteArrayOutputStream data = new ByteArrayOutputStream();
        for (int at = 0; at < content.length; at += 1 << 16) {
            int n = Math.min(content.length - at, 1 << 16);
            data.writeBytes(new byte[] {(byte) (at == 0 ? 1 : 2), (byte) (n - 1 >> 8), (byte) (n - 1)});
            data.write(content, at, n);
        }
        data.write(0);
        return data.toByteArray();
    }

    private static byte[] number(long value) {
        ByteArrayOutputStream number = new ByteArrayOutputStream();
        long rest = value;
        for (; rest >= 0x80; rest >>>= 7) {
            number.write((int) (rest & 0x7F | 0x80));
        }
        number.write((int) rest);
        return number.toByteArray();
    }

    private static void pad(ByteArrayOutputStream bytes) {
        while (bytes.size() % 4 != 0) {
            bytes.write(0);
        }
    }

    private static byte[] crc32(byte[] of) {
        CRC32 crc = new CRC32();
        crc.update(of);
        return ByteBuffer.allocate(4)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt((int) crc.getValue())
                .array();
    }
}

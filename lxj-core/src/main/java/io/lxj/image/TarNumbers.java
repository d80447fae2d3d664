package io.lxj.image;

import java.util.OptionalLong;

/**
 * Numbers in a tar header: octal digits, or since GNU tar and star also base 256, when the first bit is set. The second
 * is two's complement, so it can be negative.
 */
final class TarNumbers {
    private TarNumbers() {}

    /** Reads a field; empty if it isn't a number or doesn't fit into 63 bits and a sign. A blank field is 0. */
    static OptionalLong parse(byte[] header, int offset, int length) {
        return (header[offset] & 0x80) != 0 ? base256(header, offset, length) : octal(header, offset, length);
    }

    private static OptionalLong base256(byte[] header, int offset, int length) {
        // Bit 6 is the sign; bit 7 only marks the encoding.
        boolean negative = (header[offset] & 0x40) != 0;
        long value = negative ? -1 : 0;
        for (int i = 0; i < length; i++) {
            int b = header[offset + i] & 0xFF;
            if (i == 0) {
                b = negative ? b : b & 0x7F;
            }
            if ((value << 8) >> 8 != value) {
                return OptionalLong.empty();
            }
            value = (value << 8) | b;
        }
        return OptionalLong.of(value);
    }

    private static OptionalLong octal(byte[] header, int offset, int length) {
        int i = offset;
        int end = offset + length;
        while (i < end && header[i] == ' ') {
            i++;
        }
        long value = 0;
        while (i < end && header[i] >= '0' && header[i] <= '7') {
            if (value >>> 60 != 0) {
                return OptionalLong.empty();
            }
            value = (value << 3) | (header[i++] - '0');
        }
        // What follows must be the end of the field, a space or NUL.
        return i == end || header[i] == ' ' || header[i] == 0 ? OptionalLong.of(value) : OptionalLong.empty();
    }

    /** Writes octal digits with a NUL, or base 256 where they don't fit. */
    static void format(byte[] header, int offset, int length, long value) {
        int bits = (length - 1) * 3;
        if (value >= 0 && (bits >= 63 || value < 1L << bits)) {
            long rest = value;
            for (int i = offset + length - 2; i >= offset; i--) {
                header[i] = (byte) ('0' + (rest & 7));
                rest >>= 3;
            }
            header[offset + length - 1] = 0;
            return;
        }
        long rest = value;
        for (int i = offset + length - 1; i >= offset; i--) {
            header[i] = (byte) rest;
            rest >>= 8;
        }
        header[offset] |= (byte) 0x80;
    }
}

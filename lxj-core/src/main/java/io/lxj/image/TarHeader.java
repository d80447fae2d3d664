package io.lxj.image;

import java.util.Arrays;
import java.util.OptionalLong;

/**
 * A header block of a tar archive with the fields where POSIX pax(1) and GNU's tar.h have them. It interprets nothing
 * but the dialect, which decides what the bytes after the device numbers mean.
 */
final class TarHeader {
    /** The length of a block. */
    static final int SIZE = 512;

    private static final int CHECKSUM = 148;
    private static final int CHECKSUM_LENGTH = 8;
    private static final int MAGIC = 257;
    private static final int PREFIX = 345;

    /** How a header was written. */
    enum Dialect {
        /** Before POSIX: no signature, no prefix, no device numbers. */
        V7,
        /** POSIX.1-1988 and pax: a name may be split into prefix and name. */
        USTAR,
        /** GNU tar's own: the place of the prefix holds times and the map of a sparse file. */
        GNU,
        /** Jörg Schilling's star: ustar with a shorter prefix. */
        STAR
    }

    private final byte[] bytes;
    private final Dialect dialect;

    TarHeader(byte[] bytes) {
        this.bytes = bytes.clone();
        this.dialect = dialect(bytes);
    }

    private static Dialect dialect(byte[] b) {
        if (!ForeignFormat.has(b, MAGIC, 'u', 's', 't', 'a', 'r')) {
            return Dialect.V7;
        }
        if (b[MAGIC + 5] == ' ') {
            return Dialect.GNU;
        }
        return ForeignFormat.has(b, 508, 't', 'a', 'r', 0) ? Dialect.STAR : Dialect.USTAR;
    }

    static boolean isZero(byte[] block) {
        for (int i = 0; i < SIZE; i++) {
            if (block[i] != 0) {
                return false;
            }
        }
        return true;
    }

    /** The sum is over unsigned bytes; some old writers added signed ones. */
    static boolean checksumMatches(byte[] block) {
        OptionalLong stored = TarNumbers.parse(block, CHECKSUM, CHECKSUM_LENGTH);
        long unsigned = 0;
        long signed = 0;
        for (int i = 0; i < SIZE; i++) {
            byte b = i >= CHECKSUM && i < CHECKSUM + CHECKSUM_LENGTH ? (byte) ' ' : block[i];
            unsigned += b & 0xFF;
            signed += b;
        }
        return stored.isPresent() && (stored.getAsLong() == unsigned || stored.getAsLong() == signed);
    }

    /** Puts the checksum into a header that is otherwise complete. */
    static void seal(byte[] block) {
        Arrays.fill(block, CHECKSUM, CHECKSUM + CHECKSUM_LENGTH, (byte) ' ');
        long sum = 0;
        for (int i = 0; i < SIZE; i++) {
            sum += block[i] & 0xFF;
        }
        TarNumbers.format(block, CHECKSUM, CHECKSUM_LENGTH - 1, sum);
    }

    Dialect dialect() {
        return dialect;
    }

    char type() {
        return (char) (bytes[156] & 0xFF);
    }

    /** The name, put together with its prefix where the dialect has one. */
    byte[] name() {
        byte[] name = string(0, 100);
        int prefixLength = dialect == Dialect.USTAR ? 155 : dialect == Dialect.STAR ? 131 : 0;
        byte[] prefix = string(PREFIX, prefixLength);
        if (prefix.length == 0) {
            return name;
        }
        byte[] joined = Arrays.copyOf(prefix, prefix.length + 1 + name.length);
        joined[prefix.length] = '/';
        System.arraycopy(name, 0, joined, prefix.length + 1, name.length);
        return joined;
    }

    byte[] linkName() {
        return string(157, 100);
    }

    OptionalLong mode() {
        return number(100, 8);
    }

    OptionalLong uid() {
        return number(108, 8);
    }

    OptionalLong gid() {
        return number(116, 8);
    }

    OptionalLong size() {
        return number(124, 12);
    }

    OptionalLong mtime() {
        return number(136, 12);
    }

    OptionalLong deviceMajor() {
        return number(329, 8);
    }

    OptionalLong deviceMinor() {
        return number(337, 8);
    }

    OptionalLong number(int offset, int length) {
        return TarNumbers.parse(bytes, offset, length);
    }

    /** A byte of the header, for the fields that only some dialects have. */
    byte at(int offset) {
        return bytes[offset];
    }

    private byte[] string(int offset, int length) {
        int end = offset;
        while (end < offset + length && bytes[end] != 0) {
            end++;
        }
        return Arrays.copyOfRange(bytes, offset, end);
    }
}

package io.lxj.image;

import io.lxj.linux.FileName;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The records of a pax extended header, {@code length key=value\n} each. Values stay bytes: commons-compress (its
 * TarUtils.parsePaxHeaders) and others decode them as UTF-8, and so lose binary attributes such as
 * security.capability and every name in another encoding.
 *
 * <p>Global records hold for all entries that follow, local ones for the next entry; a local value hides a global one,
 * and an empty value removes it.
 */
final class PaxRecords {
    private static final int MAX_DIGITS = 10;

    private final Map<String, byte[]> values = new LinkedHashMap<>();
    private final int limit;
    private int size;

    /**
     * No records yet.
     *
     * @param limit how many bytes of keys and values may be held
     */
    PaxRecords(int limit) {
        this.limit = limit;
    }

    /** A copy that further records can be added to. */
    PaxRecords copy() {
        PaxRecords copy = new PaxRecords(limit);
        copy.values.putAll(values);
        copy.size = size;
        return copy;
    }

    boolean isEmpty() {
        return values.isEmpty();
    }

    /**
     * Adds the records of a header.
     *
     * @param header its content
     * @param sparse takes the numbers of GNU's first sparse format, which repeats its keys
     */
    void add(byte[] header, SparseMap.Builder sparse) throws ArchiveException {
        int at = 0;
        while (at < header.length) {
            int space = at;
            int length = 0;
            while (space < header.length && header[space] >= '0' && header[space] <= '9') {
                if (space - at >= MAX_DIGITS - 1) {
                    throw malformed("a length is out of range");
                }
                length = length * 10 + header[space++] - '0';
            }
            if (space == at || space == header.length || header[space] != ' ') {
                // Some writers fill the last block with NULs and count them in.
                if (isZeroFrom(header, at)) {
                    return;
                }
                throw malformed("a record doesn't begin with its length");
            }
            int end = at + length;
            if (length <= space - at + 1 || end > header.length || header[end - 1] != '\n') {
                throw malformed("the length of a record is wrong");
            }
            int equals = space + 1;
            while (equals < end && header[equals] != '=') {
                equals++;
            }
            if (equals == end || equals == space + 1) {
                throw malformed("a record has no key");
            }
            // A key is text, but nothing is lost if it isn't.
            String key = new String(header, space + 1, equals - space - 1, StandardCharsets.ISO_8859_1);
            put(key, Arrays.copyOfRange(header, equals + 1, end - 1), sparse);
            at = end;
        }
    }

    private void put(String key, byte[] value, SparseMap.Builder sparse) throws ArchiveException {
        if (key.equals("GNU.sparse.offset") || key.equals("GNU.sparse.numbytes")) {
            if (sparse.count() % 2 != (key.equals("GNU.sparse.offset") ? 0 : 1)) {
                throw malformed("the map of a sparse file isn't offset and length in turn");
            }
            sparse.number(parseNumber(key, value));
            return;
        }
        byte[] old = values.remove(key);
        size -= old == null ? 0 : key.length() + old.length;
        // A record without a value takes back what a global one said; an attribute of a file may have none.
        if (value.length > 0 || key.startsWith(EntryHeaders.STAR_ATTRIBUTE)) {
            values.put(key, value);
            size += key.length() + value.length;
            if (size > limit) {
                throw malformed("its records have more than " + limit + " bytes in all");
            }
        }
    }

    private static boolean isZeroFrom(byte[] header, int at) {
        for (int i = at; i < header.length; i++) {
            if (header[i] != 0) {
                return false;
            }
        }
        return true;
    }

    private static ArchiveException malformed(String why) {
        return new ArchiveException("a pax header is malformed: " + why);
    }

    /** A value as bytes. */
    Optional<byte[]> bytes(String key) {
        return Optional.ofNullable(values.get(key));
    }

    /** A value as ASCII text. */
    Optional<String> text(String key) {
        return bytes(key).map(value -> new String(value, StandardCharsets.ISO_8859_1));
    }

    /** A value as a decimal number. */
    OptionalLong number(String key) throws ArchiveException {
        byte[] value = values.get(key);
        return value == null ? OptionalLong.empty() : OptionalLong.of(parseNumber(key, value));
    }

    private static long parseNumber(String key, byte[] value) throws ArchiveException {
        String text = new String(value, StandardCharsets.ISO_8859_1);
        try {
            if (text.startsWith("+")) {
                throw new NumberFormatException();
            }
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw malformed(key + " is not a number that lxj can handle: " + FileName.quote(value));
        }
    }

    /** All records. */
    Map<String, byte[]> all() {
        return values;
    }
}

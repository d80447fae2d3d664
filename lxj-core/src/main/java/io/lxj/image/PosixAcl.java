package io.lxj.image;

import io.lxj.linux.FileName;
import io.lxj.linux.LinuxException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.StringJoiner;

/**
 * A POSIX access control list, read from the text that star and GNU tar store, see acl(5), and written in the form of
 * the attributes {@code system.posix_acl_access} and {@code system.posix_acl_default} (linux/posix_acl_xattr.h); or the
 * other way round.
 *
 * <p>An entry may name its user or group by number, by name, or by name with the number behind the permissions, as star
 * does. A name alone means something only together with a passwd file: the image's own, never the host's.
 */
final class PosixAcl {
    /** The attribute that holds the list of a file. */
    static final String ACCESS = "system.posix_acl_access";
    /** The attribute that holds the list which new files in a directory get. */
    static final String DEFAULT = "system.posix_acl_default";

    private static final int VERSION = 2;
    private static final int USER_OBJECT = 1;
    private static final int USER = 2;
    private static final int GROUP_OBJECT = 4;
    private static final int GROUP = 8;
    private static final int MASK = 0x10;
    private static final int OTHER = 0x20;
    private static final int NO_ID = -1;
    private static final Map<Integer, String> TAGS = Map.of(
            USER_OBJECT, "user", USER, "user", GROUP_OBJECT, "group", GROUP, "group", MASK, "mask", OTHER, "other");

    /** Turns names into numbers. */
    interface Names {
        /** The number of a user, or empty if there is none of that name. */
        OptionalInt user(String name);

        /** The number of a group, or empty if there is none of that name. */
        OptionalInt group(String name);
    }

    /** For a list that has none. */
    static final Names NO_NAMES = new Names() {
        @Override
        public OptionalInt user(String name) {
            return OptionalInt.empty();
        }

        @Override
        public OptionalInt group(String name) {
            return OptionalInt.empty();
        }
    };

    private record Entry(int tag, int permissions, String name, OptionalInt id) {
        boolean hasName() {
            return !name.isEmpty() && id.isEmpty();
        }
    }

    private final List<Entry> entries;

    private PosixAcl(List<Entry> entries) {
        this.entries = entries;
    }

    /** Reads the text; entries stand on lines of their own or between commas. */
    static PosixAcl parse(byte[] text) throws ArchiveException {
        for (byte b : text) {
            if (b == 0) {
                throw new ArchiveException("its access control list contains a NUL");
            }
        }
        List<Entry> entries = new ArrayList<>();
        for (String line : FileName.string(text).split("[\n,]")) {
            int comment = line.indexOf('#');
            String entry = (comment < 0 ? line : line.substring(0, comment)).strip();
            if (!entry.isEmpty()) {
                entries.add(parseEntry(entry));
            }
        }
        if (entries.stream().anyMatch(e -> !e.name.isEmpty())
                && entries.stream().noneMatch(e -> e.tag == MASK)) {
            int union = entries.stream()
                    .filter(e -> e.tag != USER_OBJECT && e.tag != OTHER)
                    .mapToInt(Entry::permissions)
                    .reduce(0, (a, b) -> a | b);
            entries.add(new Entry(MASK, union, "", OptionalInt.empty()));
        }
        return new PosixAcl(entries);
    }

    private static Entry parseEntry(String text) throws ArchiveException {
        String[] fields = text.split(":", -1);
        if (fields.length == 2 && !fields[0].isEmpty()) {
            // "other:r--" and "mask:rwx", as Solaris writes them.
            fields = new String[] {fields[0], "", fields[1]};
        }
        if (fields.length < 3 || fields.length > 4) {
            throw malformed(text);
        }
        String name = fields[1].strip();
        OptionalInt id = fields.length == 4 ? id(fields[3].strip()) : id(name);
        return new Entry(tag(fields[0].strip(), name, text), permissions(fields[2].strip(), text), name, id);
    }

    private static OptionalInt id(String text) {
        if (!text.matches("[0-9]{1,10}") || Long.parseLong(text) >= 0xFFFFFFFFL) {
            return OptionalInt.empty();
        }
        return OptionalInt.of((int) Long.parseLong(text));
    }

    private static int tag(String tag, String name, String text) throws ArchiveException {
        switch (tag) {
            case "user", "u":
                return name.isEmpty() ? USER_OBJECT : USER;
            case "group", "g":
                return name.isEmpty() ? GROUP_OBJECT : GROUP;
            case "mask", "m":
                return MASK;
            case "other", "o":
                return OTHER;
            default:
                throw malformed(text);
        }
    }

    private static int permissions(String letters, String text) throws ArchiveException {
        int bits = 0;
        for (int i = 0; i < letters.length(); i++) {
            int bit = "xwr".indexOf(letters.charAt(i));
            if (bit < 0 && letters.charAt(i) != '-') {
                throw malformed(text);
            }
            bits |= bit < 0 ? 0 : 1 << bit;
        }
        return bits;
    }

    private static ArchiveException malformed(String entry) {
        return new ArchiveException(
                "an access control list has a malformed entry " + FileName.quote(FileName.bytes(entry)));
    }

    /** Reads the value of an attribute, as the kernel gives it; empty if it is of no known form. */
    static Optional<PosixAcl> decode(byte[] value) {
        ByteBuffer in = ByteBuffer.wrap(value).order(ByteOrder.LITTLE_ENDIAN);
        if (value.length % 8 != 4 || in.getInt() != VERSION) {
            return Optional.empty();
        }
        List<Entry> entries = new ArrayList<>();
        while (in.hasRemaining()) {
            int tag = in.getShort();
            int permissions = in.getShort();
            int id = in.getInt();
            boolean named = tag == USER || tag == GROUP;
            entries.add(new Entry(tag, permissions, "", named ? OptionalInt.of(id) : OptionalInt.empty()));
        }
        return entries.stream().allMatch(e -> TAGS.containsKey(e.tag))
                ? Optional.of(new PosixAcl(entries))
                : Optional.empty();
    }

    /** What a number becomes. */
    interface Renumbering {
        int of(int id) throws LinuxException;
    }

    /** The same for other numbers; names stay as they are. */
    PosixAcl renumbered(Renumbering users, Renumbering groups) throws LinuxException {
        List<Entry> changed = new ArrayList<>();
        for (Entry entry : entries) {
            if (entry.id.isPresent() && (entry.tag == USER || entry.tag == GROUP)) {
                int id = (entry.tag == USER ? users : groups).of(entry.id.getAsInt());
                changed.add(new Entry(entry.tag, entry.permissions, entry.name, OptionalInt.of(id)));
            } else {
                changed.add(entry);
            }
        }
        return new PosixAcl(changed);
    }

    /** The text that star stores, with numbers and no names: of a list that was decoded. */
    String text() {
        StringJoiner text = new StringJoiner(",");
        for (Entry entry : entries) {
            String id = entry.id.isPresent() ? Integer.toUnsignedString(entry.id.getAsInt()) : "";
            text.add(TAGS.get(entry.tag) + ":" + id + ":" + letters(entry.permissions));
        }
        return text.toString();
    }

    private static String letters(int permissions) {
        StringBuilder letters = new StringBuilder("---");
        for (int i = 0; i < 3; i++) {
            if ((permissions & 4 >> i) != 0) {
                letters.setCharAt(i, "rwx".charAt(i));
            }
        }
        return letters.toString();
    }

    /** How much memory it takes, about. */
    long memory() {
        return entries.stream().mapToLong(e -> 64 + e.name.length()).sum();
    }

    /** Whether some entry has a name and no number. */
    boolean hasNames() {
        return entries.stream().anyMatch(Entry::hasName);
    }

    /**
     * The value of the attribute.
     *
     * @param names finds the numbers of names
     * @param unknown takes the names for which there is no number; their entries are left out
     */
    byte[] encode(Names names, List<String> unknown) {
        List<Entry> resolved = new ArrayList<>();
        for (Entry entry : entries) {
            OptionalInt id = entry.hasName() ? find(names, entry) : entry.id;
            if (entry.hasName() && id.isEmpty()) {
                unknown.add(entry.name);
            } else {
                resolved.add(new Entry(entry.tag, entry.permissions, entry.name, id));
            }
        }
        // The kernel wants them in the order of their tags, and libacl writes them in that of the numbers.
        resolved.sort(Comparator.comparingInt(Entry::tag).thenComparingLong(e -> e.id.orElse(NO_ID) & 0xFFFFFFFFL));
        ByteBuffer out = ByteBuffer.allocate(4 + 8 * resolved.size()).order(ByteOrder.LITTLE_ENDIAN);
        out.putInt(VERSION);
        for (Entry entry : resolved) {
            out.putShort((short) entry.tag).putShort((short) entry.permissions).putInt(entry.id.orElse(NO_ID));
        }
        return out.array();
    }

    private static OptionalInt find(Names names, Entry entry) {
        return entry.tag == USER ? names.user(entry.name) : names.group(entry.name);
    }
}

package io.lxj.linux;

import java.util.Locale;
import java.util.OptionalInt;

/**
 * Devices that may be used, and how. Immutable and thread-safe.
 *
 * @param type of the devices
 * @param major number, empty for any
 * @param minor number, empty for any
 * @param access {@link #READ}, {@link #WRITE}, {@link #MKNOD} or several of them
 */
public record DeviceRule(Type type, OptionalInt major, OptionalInt minor, int access) {
    /** The device may be made; BPF_DEVCG_ACC_MKNOD. */
    public static final int MKNOD = 1;
    /** The device may be opened for reading; BPF_DEVCG_ACC_READ. */
    public static final int READ = 2;
    /** The device may be opened for writing; BPF_DEVCG_ACC_WRITE. */
    public static final int WRITE = 4;

    static final int ALL = MKNOD | READ | WRITE;

    /** Which devices. */
    public enum Type {
        /** Block devices; BPF_DEVCG_DEV_BLOCK. */
        BLOCK(1, 'b'),
        /** Character devices; BPF_DEVCG_DEV_CHAR. */
        CHARACTER(2, 'c'),
        /** Both. */
        ANY(0, 'a');

        final int number;
        final char letter;

        Type(int number, char letter) {
            this.number = number;
            this.letter = letter;
        }
    }

    /**
     * Checks the numbers.
     *
     * @param type of the devices
     * @param major number, empty for any
     * @param minor number, empty for any
     * @param access what is allowed
     * @throws IllegalArgumentException if one is out of range, or nothing is allowed
     */
    public DeviceRule {
        if (access < 1 || access > ALL) {
            throw new IllegalArgumentException("access to a device is read, write, mknod or several, not " + access);
        }
        check("major", major, 0xFFF);
        check("minor", minor, 0xFFFFF);
    }

    private static void check(String what, OptionalInt number, int limit) {
        if (number.isPresent() && (number.getAsInt() < 0 || number.getAsInt() > limit)) {
            throw new IllegalArgumentException(
                    "the " + what + " number of a device is 0 to " + limit + ", not " + number.getAsInt());
        }
    }

    /**
     * Reads a rule as the device controller of cgroup v1 had it.
     *
     * @param text for example {@code c 1:3 rwm}, {@code b *:* m}
     * @return the rule
     * @throws IllegalArgumentException if it isn't one
     */
    public static DeviceRule parse(String text) {
        String lower = text.strip().toLowerCase(Locale.ROOT);
        if (!lower.matches("[abc] (\\*|\\d{1,7}):(\\*|\\d{1,7}) [rwm]{1,3}")) {
            throw new IllegalArgumentException(
                    "a device rule looks like \"c 1:3 rwm\" or \"b *:* m\", not \"" + text + "\"");
        }
        String[] parts = lower.split("[ :]");
        Type type = parts[0].equals("a") ? Type.ANY : parts[0].equals("b") ? Type.BLOCK : Type.CHARACTER;
        int access = (parts[3].contains("r") ? READ : 0)
                | (parts[3].contains("w") ? WRITE : 0)
                | (parts[3].contains("m") ? MKNOD : 0);
        return new DeviceRule(type, number(parts[1]), number(parts[2]), access);
    }

    private static OptionalInt number(String text) {
        return text.equals("*") ? OptionalInt.empty() : OptionalInt.of(Integer.parseInt(text));
    }

    private static String text(OptionalInt number) {
        return number.isPresent() ? Integer.toString(number.getAsInt()) : "*";
    }

    /** The rule as {@link #parse} reads it. */
    @Override
    public String toString() {
        return type.letter + " " + text(major) + ":" + text(minor) + " " + ((access & READ) != 0 ? "r" : "")
                + ((access & WRITE) != 0 ? "w" : "")
                + ((access & MKNOD) != 0 ? "m" : "");
    }
}

package io.lxj.storage;

import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * The id of a container for its lifetime, in the form of machine-id(5): 128 bits as 32 lower-case hexadecimal digits.
 * Immutable and thread-safe.
 *
 * @param text the digits
 */
public record MachineId(String text) {
    /** Where the init has it, see machine-id(5). */
    public static final String SYSTEM_FILE = "/etc/machine-id";

    /** Where D-Bus looks for it first, see dbus-uuidgen(1). */
    public static final String DBUS_FILE = "/var/lib/dbus/machine-id";

    /** What that is in. */
    static final String DBUS_FOLDER = "/var/lib/dbus";

    private static final SecureRandom RANDOM = new SecureRandom();
    private static final Pattern FORM = Pattern.compile("[0-9a-f]{32}");
    private static final int BYTES = 16;

    /**
     * Checks the form.
     *
     * @throws IllegalArgumentException if it isn't 32 lower-case hexadecimal digits
     */
    public MachineId {
        if (!FORM.matcher(text).matches()) {
            throw new IllegalArgumentException("not a machine id: " + text);
        }
    }

    /**
     * Makes one up. As machine-id(5) wants it, it is a random UUID too.
     *
     * @return an id that nobody has
     */
    public static MachineId random() {
        byte[] bytes = new byte[BYTES];
        RANDOM.nextBytes(bytes);
        bytes[6] = (byte) (bytes[6] & 0x0F | 0x40);
        bytes[8] = (byte) (bytes[8] & 0x3F | 0x80);
        return new MachineId(HexFormat.of().formatHex(bytes));
    }

    @Override
    public String toString() {
        return text;
    }
}

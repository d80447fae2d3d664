package io.lxj.linux;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A mount, as a line of /proc/PID/mountinfo describes it, see proc_pid_mountinfo(5). Names are those of
 * {@link FileName#string}: every byte survives. Immutable and thread-safe.
 *
 * @param id unique as long as the mount exists
 * @param parent the mount that this one is on
 * @param major of the device of the file system
 * @param minor of the device of the file system
 * @param root what of the file system is mounted, {@code /} for all of it
 * @param mountPoint where, seen from the process's root
 * @param options of this mount
 * @param tags optional fields such as {@code shared:1}
 * @param type of the file system, for example {@code ext4}
 * @param source what is mounted, as the file system likes to call it
 * @param superOptions of the file system, the same for all its mounts
 */
public record MountInfo(
        int id,
        int parent,
        int major,
        int minor,
        String root,
        String mountPoint,
        List<String> options,
        List<String> tags,
        String type,
        String source,
        List<String> superOptions) {
    private static final int FIXED = 6;

    /**
     * Makes the lists unmodifiable.
     *
     * @param id of the mount
     * @param parent the mount that it is on
     * @param major of the device
     * @param minor of the device
     * @param root what of the file system is mounted
     * @param mountPoint where
     * @param options of the mount
     * @param tags optional fields
     * @param type of the file system
     * @param source what is mounted
     * @param superOptions of the file system
     */
    public MountInfo {
        options = List.copyOf(options);
        tags = List.copyOf(tags);
        superOptions = List.copyOf(superOptions);
    }

    /**
     * The mounts that the calling process sees.
     *
     * @param proc where to read
     * @return the mounts, in the kernel's order: a later one can hide an earlier one
     * @throws LinuxException if they can't be read
     */
    public static List<MountInfo> own(ProcFs proc) throws LinuxException {
        return parse(proc.readSelf("mountinfo"));
    }

    /**
     * Reads the content of a mountinfo file.
     *
     * @param content the bytes of the file
     * @return a mount for each line
     * @throws IllegalArgumentException if a line isn't one of a mountinfo file
     */
    public static List<MountInfo> parse(byte[] content) {
        List<MountInfo> mounts = new ArrayList<>();
        for (String line : new String(content, StandardCharsets.ISO_8859_1).split("\n")) {
            if (!line.isEmpty()) {
                mounts.add(parseLine(line));
            }
        }
        return mounts;
    }

    private static MountInfo parseLine(String line) {
        // The kernel escapes blanks in every field, but a field can be empty.
        List<String> fields = List.of(line.split(" ", -1));
        int dash = fields.indexOf("-");
        String[] device = dash < FIXED ? new String[0] : fields.get(2).split(":", -1);
        if (device.length != 2 || fields.size() < dash + 4) {
            throw new IllegalArgumentException("not a line of mountinfo: " + line);
        }
        return new MountInfo(
                Integer.parseInt(fields.get(0)),
                Integer.parseInt(fields.get(1)),
                Integer.parseInt(device[0]),
                Integer.parseInt(device[1]),
                unescape(fields.get(3)),
                unescape(fields.get(4)),
                List.of(fields.get(5).split(",")),
                fields.subList(FIXED, dash),
                unescape(fields.get(dash + 1)),
                unescape(fields.get(dash + 2)),
                List.of(unescape(fields.get(dash + 3)).split(",")));
    }

    /** Turns {@code \040} and the like back into bytes. */
    private static String unescape(String field) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(field.length());
        for (int i = 0; i < field.length(); i++) {
            char c = field.charAt(i);
            if (c == '\\' && isOctal(field, i + 1)) {
                out.write(Integer.parseInt(field, i + 1, i + 4, 8));
                i += 3;
            } else {
                out.write(c);
            }
        }
        return FileName.string(out.toByteArray());
    }

    private static boolean isOctal(String field, int start) {
        if (start + 3 > field.length()) {
            return false;
        }
        boolean octal = field.charAt(start) <= '3';
        for (int i = start; i < start + 3; i++) {
            octal &= field.charAt(i) >= '0' && field.charAt(i) <= '7';
        }
        return octal;
    }

    /**
     * Whether mounts on this one propagate to others.
     *
     * @return true if it is in a peer group
     */
    public boolean isShared() {
        return tags.stream().anyMatch(tag -> tag.startsWith("shared:"));
    }

    /**
     * Whether this mount, not its file system, can't be written.
     *
     * @return true if it has the option {@code ro}
     */
    public boolean isReadOnly() {
        return options.contains("ro");
    }
}

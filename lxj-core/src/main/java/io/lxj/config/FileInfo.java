package io.lxj.config;

import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * What is known of a file of a container. An immutable value; thread-safe.
 *
 * @param name the last component of its path. Names are bytes on Linux: one that isn't valid UTF-8 becomes the lone
 *     surrogate U+DC00 plus its value, and finds its way back in every path that is passed to lxj
 * @param type what it is
 * @param size of its content in bytes; what the file system says for other types than files
 * @param mode the lower 12 bits of its mode: permissions, set-user-ID, set-group-ID and sticky bit
 * @param uid the id of its owner in the container
 * @param gid the id of its group in the container
 * @param modified when its content was changed last
 * @param target where a symbolic link leads to, as it is written there; empty for all else, and for a link
 *     of procfs that can't be read
 */
public record FileInfo(
        String name,
        FileType type,
        ByteSize size,
        int mode,
        long uid,
        long gid,
        Instant modified,
        Optional<String> target) {
    /**
     * Checks that nothing is missing.
     *
     * @param name the last component of its path
     * @param type what it is
     * @param size of its content in bytes
     * @param mode the lower 12 bits of its mode
     * @param uid the id of its owner in the container
     * @param gid the id of its group in the container
     * @param modified when its content was changed last
     * @param target where a symbolic link leads to
     * @throws NullPointerException if an argument is null
     */
    public FileInfo {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(type, "type");
        Objects.requireNonNull(size, "size");
        Objects.requireNonNull(modified, "modified");
        Objects.requireNonNull(target, "target");
    }

    /** {@return whether it is a folder} */
    public boolean isFolder() {
        return type == FileType.FOLDER;
    }

    /** {@return one line for people, like a line of ls -l; control characters are shown as question marks} */
    @Override
    public String toString() {
        String line = String.format(
                "%s %s %d:%d %d %s %s", Enums.text(type), FileMode.text(mode), uid, gid, size.bytes(), modified, name);
        return (line + target.map(to -> " -> " + to).orElse("")).replaceAll("\\p{Cntrl}", "?");
    }
}

package io.lxj.linux;

/**
 * A name in a directory, as getdents64(2) lists it. Thread-safe as long as nobody writes into the array.
 *
 * @param name the bytes of the name
 * @param inode the inode number
 * @param type the type as {@code S_IF} constant of {@link Stat}, or 0 where the file system doesn't tell
 */
public record DirectoryEntry(byte[] name, long inode, int type) {
    /**
     * The name for people and for the API above.
     *
     * @return the name as {@link FileName#string} gives it
     */
    public String string() {
        return FileName.string(name);
    }
}

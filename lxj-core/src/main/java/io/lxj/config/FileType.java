package io.lxj.config;

/** What a file is, see inode(7). */
public enum FileType {
    /** A regular file. */
    FILE,
    /** A folder. */
    FOLDER,
    /** A symbolic link. */
    LINK,
    /** A named pipe. */
    FIFO,
    /** A socket. */
    SOCKET,
    /** A character device. */
    CHARACTER_DEVICE,
    /** A block device. */
    BLOCK_DEVICE
}

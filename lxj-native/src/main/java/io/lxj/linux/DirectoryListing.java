package io.lxj.linux;

import java.util.ArrayList;
import java.util.List;

/** Reads the entries of an open directory with getdents64(2). */
final class DirectoryListing {
    private static final int BUFFER = 32 * 1024;
    private static final long MAX_NAMES = 64 << 20;
    private static final int SEEK_SET = 0;
    private static final int SEEK_CUR = 1;

    // struct linux_dirent64 of linux/dirent.h.
    private static final int D_INO = 0;
    private static final int D_RECLEN = 16;
    private static final int D_TYPE = 18;
    private static final int D_NAME = 19;

    private DirectoryListing() {}

    /** All entries but {@code .} and {@code ..}; EFBIG if there are more than the limit. */
    static List<DirectoryEntry> read(Fd directory, int limit) throws LinuxException {
        List<DirectoryEntry> entries = first(directory, limit);
        if (entries.size() > limit || size(entries) > MAX_NAMES) {
            throw LinuxException.of(-Errno.EFBIG.number(), "getdents64", directory)
                    .withHint("the directory has more than " + limit + " entries, or " + (MAX_NAMES >> 20)
                            + " MiB of names");
        }
        return entries;
    }

    private static long size(List<DirectoryEntry> entries) {
        return entries.stream().mapToLong(entry -> entry.name().length).sum();
    }

    /** The first entries but {@code .} and {@code ..}; all of them, unless there are more than the limit. */
    static List<DirectoryEntry> first(Fd directory, int limit) throws LinuxException {
        seek(directory, 0);
        return next(directory, limit);
    }

    /** The entries that follow those that were read last; all of them, unless there are more than the limit. */
    static List<DirectoryEntry> next(Fd directory, int limit) throws LinuxException {
        List<DirectoryEntry> entries = new ArrayList<>();
        try (Scratch scratch = Scratch.open()) {
            Block block = scratch.block(BUFFER);
            long names = 0;
            while (entries.size() <= limit && names <= MAX_NAMES) {
                long result = directory.call(Syscall.GETDENTS64, block.address(), block.length());
                if (result < 0) {
                    throw LinuxException.of(result, "getdents64", directory);
                }
                if (result == 0) {
                    break;
                }
                names += parse(block, (int) result, entries);
            }
            return entries;
        }
    }

    /** Where the entries are that follow those that were read last. */
    static long position(Fd directory) throws LinuxException {
        long result = directory.call(Syscall.LSEEK, 0, SEEK_CUR);
        if (result < 0) {
            throw LinuxException.of(result, "lseek", directory, 0, "SEEK_CUR");
        }
        return result;
    }

    /** Goes on from there, perhaps with the directory opened once more. */
    static void seek(Fd directory, long position) throws LinuxException {
        long result = directory.call(Syscall.LSEEK, position, SEEK_SET);
        if (result < 0) {
            throw LinuxException.of(result, "lseek", directory, position, "SEEK_SET");
        }
    }

    /** Returns how long the names are together. */
    private static long parse(Block block, int length, List<DirectoryEntry> entries) {
        long names = 0;
        for (int at = 0; at < length; at += block.buffer().getShort(at + D_RECLEN) & 0xFFFF) {
            int end = at + D_NAME;
            while (block.buffer().get(end) != 0) {
                end++;
            }
            byte[] name = new byte[end - at - D_NAME];
            block.buffer().get(at + D_NAME, name);
            if (!FileName.isDots(name)) {
                // DT_ constants are the type bits of the mode, shifted.
                int type = (block.buffer().get(at + D_TYPE) & 0xFF) << 12;
                entries.add(new DirectoryEntry(name, block.buffer().getLong(at + D_INO), type));
                names += name.length;
            }
        }
        return names;
    }
}

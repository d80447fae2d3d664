package io.lxj.linux;

import java.util.ArrayList;
import java.util.List;

/** Removes many names of a directory, as fast as can be where a deputy does it. */
final class UnlinkBatch {
    private UnlinkBatch() {}

    /**
     * Removes names that aren't directories.
     *
     * @param directory where they are
     * @param names a single component each
     * @return the names that are still there, for whatever reason
     * @throws LinuxException if nobody can do it
     */
    static List<byte[]> unlink(Directory directory, List<byte[]> names) throws LinuxException {
        Fd fd = directory.fd();
        List<byte[]> left = new ArrayList<>();
        if (fd.deputy().isEmpty()) {
            for (byte[] name : names) {
                try (Scratch scratch = Scratch.open()) {
                    note(name, fd.call(Syscall.UNLINKAT, scratch.string(FileName.component(name)), 0), left);
                }
            }
            return left;
        }
        long[] results = fd.deputy().get().callForEach(Syscall.UNLINKAT, fd, names, 0);
        for (int i = 0; i < results.length; i++) {
            note(names.get(i), results[i], left);
        }
        return left;
    }

    private static void note(byte[] name, long result, List<byte[]> left) {
        if (result < 0 && !Errno.ENOENT.is(result)) {
            left.add(name);
        }
    }
}

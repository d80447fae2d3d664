package io.lxj.linux;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Extended attributes, see xattr(7), of a name in a directory; of the link itself for a symbolic link. The path that
 * the kernel sees is {@code /proc/self/fd/N/name}: a link of the kernel's own and one component, which the {@code l}
 * calls don't follow. Thread-safe.
 */
public final class Xattrs {
    // XATTR_LIST_MAX and XATTR_SIZE_MAX, which hardly any file comes near.
    private static final int MAX = 64 * 1024;
    private static final int USUAL = 2 * 1024;

    private Xattrs() {}

    private static long path(Scratch scratch, Directory directory, byte[] name) {
        byte[] prefix = FileName.bytes("/proc/self/fd/" + directory.fd().number() + "/");
        byte[] path = Arrays.copyOf(prefix, prefix.length + name.length);
        System.arraycopy(FileName.component(name), 0, path, prefix.length, name.length);
        return scratch.string(path);
    }

    /**
     * Sets an attribute.
     *
     * @param directory the directory
     * @param name a single component in it
     * @param attribute with its namespace, for example {@code user.mime_type}
     * @param value any bytes
     * @throws LinuxException EOPNOTSUPP if the file system has no such attributes, EPERM if the caller may not
     */
    public static void set(Directory directory, byte[] name, String attribute, byte[] value) throws LinuxException {
        try (Scratch scratch = Scratch.open()) {
            Block block = scratch.block(Math.max(1, value.length));
            block.buffer().put(0, value);
            long result = directory
                    .fd()
                    .makes(
                            Syscall.LSETXATTR,
                            path(scratch, directory, name),
                            scratch.string(attribute),
                            block.address(),
                            value.length,
                            0,
                            0);
            if (result < 0) {
                throw LinuxException.of(result, "lsetxattr", name, attribute, value.length + " bytes");
            }
        }
    }

    /**
     * Sets an attribute of an open file. On FUSE what was written to a file goes to the file system's server before its
     * capabilities do: any write that comes later takes them away, see capabilities(7).
     *
     * @param file the file, not opened with O_PATH
     * @param attribute with its namespace
     * @param value any bytes
     * @throws LinuxException EOPNOTSUPP if the file system has no such attributes, EPERM if the caller may not
     */
    public static void set(Fd file, String attribute, byte[] value) throws LinuxException {
        if (attribute.equals("security.capability") && FileSystemType.of(file).equals(FileSystemType.FUSE)) {
            file.sync();
        }
        try (Scratch scratch = Scratch.open()) {
            Block block = scratch.block(Math.max(1, value.length));
            block.buffer().put(0, value);
            long result = file.call(Syscall.FSETXATTR, scratch.string(attribute), block.address(), value.length, 0);
            if (result < 0) {
                throw LinuxException.of(result, "fsetxattr", file, attribute, value.length + " bytes");
            }
        }
    }

    /**
     * All attributes of a name.
     *
     * @param directory the directory
     * @param name a single component in it
     * @return the values by attribute name, sorted; empty if the file system has none
     * @throws LinuxException if they can't be read
     */
    public static Map<String, byte[]> all(Directory directory, byte[] name) throws LinuxException {
        try (Scratch scratch = Scratch.open()) {
            long path = path(scratch, directory, name);
            return all(new Source() {
                @Override
                public long list(long buffer, int length) {
                    return directory.fd().makes(Syscall.LLISTXATTR, path, buffer, length, 0);
                }

                @Override
                public long get(long attribute, long buffer, int length) {
                    return directory.fd().makes(Syscall.LGETXATTR, path, attribute, buffer, length);
                }

                @Override
                public String toString() {
                    return FileName.quote(name);
                }
            });
        }
    }

    /**
     * All attributes of an open file.
     *
     * @param file the file, not opened with O_PATH
     * @return the values by attribute name, sorted; empty if the file system has none
     * @throws LinuxException if they can't be read
     */
    public static Map<String, byte[]> all(Fd file) throws LinuxException {
        return all(new Source() {
            @Override
            public long list(long buffer, int length) {
                return file.call(Syscall.FLISTXATTR, buffer, length);
            }

            @Override
            public long get(long attribute, long buffer, int length) {
                return file.call(Syscall.FGETXATTR, attribute, buffer, length);
            }

            @Override
            public String toString() {
                return file.toString();
            }
        });
    }

    /** What has attributes, by name or by descriptor; results are those of the system calls. */
    private interface Source {
        long list(long buffer, int length);

        long get(long attribute, long buffer, int length);
    }

    private static Map<String, byte[]> all(Source source) throws LinuxException {
        try (Scratch scratch = Scratch.open()) {
            Block block = scratch.block(USUAL);
            long length = source.list(block.address(), block.length());
            if (length == 0 || Errno.EOPNOTSUPP.is(length)) {
                return Map.of();
            }
            if (Errno.ERANGE.is(length)) {
                block = scratch.block(MAX);
                length = source.list(block.address(), block.length());
            }
            if (length < 0) {
                throw LinuxException.of(length, "listxattr", source);
            }
            Map<String, byte[]> attributes = new TreeMap<>();
            for (byte[] attribute : split(block, (int) length)) {
                byte[] value = value(source, attribute);
                if (value != null) {
                    attributes.put(FileName.string(attribute), value);
                }
            }
            return attributes;
        }
    }

    /** The value, or null if somebody has removed the attribute meanwhile. */
    private static byte[] value(Source source, byte[] attribute) throws LinuxException {
        try (Scratch scratch = Scratch.open()) {
            long name = scratch.string(attribute);
            Block block = scratch.block(USUAL);
            long size = source.get(name, block.address(), block.length());
            if (Errno.ERANGE.is(size)) {
                block = scratch.block(MAX);
                size = source.get(name, block.address(), block.length());
            }
            if (Errno.ENODATA.is(size)) {
                return null;
            }
            if (size < 0) {
                throw LinuxException.of(size, "getxattr", source, attribute);
            }
            byte[] value = new byte[(int) size];
            block.buffer().get(0, value);
            return value;
        }
    }

    /**
     * Whether an open file has an attribute.
     *
     * @param file the file, not opened with O_PATH
     * @param attribute with its namespace
     * @return false also if the file system has no such attributes
     * @throws LinuxException if that can't be told
     */
    public static boolean has(Fd file, String attribute) throws LinuxException {
        try (Scratch scratch = Scratch.open()) {
            long result = file.call(Syscall.FGETXATTR, scratch.string(attribute), 0, 0);
            return present(result, "fgetxattr", file, attribute);
        }
    }

    /**
     * Removes an attribute of an open file.
     *
     * @param file the file, not opened with O_PATH
     * @param attribute with its namespace
     * @throws LinuxException ENODATA if there is none
     */
    public static void remove(Fd file, String attribute) throws LinuxException {
        try (Scratch scratch = Scratch.open()) {
            long result = file.call(Syscall.FREMOVEXATTR, scratch.string(attribute));
            if (result < 0) {
                throw LinuxException.of(result, "fremovexattr", file, attribute);
            }
        }
    }

    /**
     * Sees to it that an open file doesn't have an attribute.
     *
     * @param file the file, not opened with O_PATH
     * @param attribute with its namespace
     * @return whether it had it
     * @throws LinuxException if it has it and it can't be removed
     */
    public static boolean clear(Fd file, String attribute) throws LinuxException {
        try (Scratch scratch = Scratch.open()) {
            long result = file.call(Syscall.FREMOVEXATTR, scratch.string(attribute));
            return present(result, "fremovexattr", file, attribute);
        }
    }

    /**
     * Sees to it that a name doesn't have an attribute.
     *
     * @param directory the directory
     * @param name a single component in it
     * @param attribute with its namespace
     * @return whether it had it
     * @throws LinuxException if it has it and it can't be removed
     */
    public static boolean clear(Directory directory, byte[] name, String attribute) throws LinuxException {
        try (Scratch scratch = Scratch.open()) {
            long path = path(scratch, directory, name);
            long result = directory.fd().makes(Syscall.LREMOVEXATTR, path, scratch.string(attribute), 0, 0);
            return present(result, "lremovexattr", name, attribute);
        }
    }

    private static boolean present(long result, String call, Object... arguments) throws LinuxException {
        // A file system without attributes of this kind has this one on no file.
        if (Errno.ENODATA.is(result) || Errno.EOPNOTSUPP.is(result)) {
            return false;
        }
        if (result < 0) {
            throw LinuxException.of(result, call, arguments);
        }
        return true;
    }

    private static List<byte[]> split(Block block, int length) {
        List<byte[]> names = new ArrayList<>();
        int start = 0;
        for (int i = 0; i < length; i++) {
            if (block.buffer().get(i) == 0) {
                byte[] name = new byte[i - start];
                block.buffer().get(start, name);
                names.add(name);
                start = i + 1;
            }
        }
        return names;
    }
}

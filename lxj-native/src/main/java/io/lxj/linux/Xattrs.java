package io.lxj.linux;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Extended attributes, see xattr(7), of a name in a directory; of the link itself for a symbolic link. The path that
 * the kernel sees is {@code /proc/self/fd/N/name}: a link of the kernel's own and one component, which the {@code l}
 * calls don't follow. Thread-safe.
 */
public final class Xattrs {
    private static final int MAX_VALUE = 64 * 1024;

    private Xattrs() {}

    private static long path(Scratch scratch, Directory directory, byte[] name) {
        byte[] prefix = FileName.bytes("/proc/self/fd/" + directory.fd().number() + "/");
        byte[] path = new byte[prefix.length + name.length];
        System.arraycopy(prefix, 0, path, 0, prefix.length);
        System.arraycopy(name, 0, path, prefix.length, name.length);
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
            long result = Kernel.call(
                    Syscall.LSETXATTR,
                    path(scratch, directory, name),
                    scratch.string(attribute),
                    block.address(),
                    value.length,
                    0);
            if (result < 0) {
                throw LinuxException.of(result, "lsetxattr", name, attribute, value.length + " bytes");
            }
        }
    }

    /**
     * Sets an attribute of an open file.
     *
     * @param file the file, not opened with O_PATH
     * @param attribute with its namespace
     * @param value any bytes
     * @throws LinuxException EOPNOTSUPP if the file system has no such attributes, EPERM if the caller may not
     */
    public static void set(Fd file, String attribute, byte[] value) throws LinuxException {
        try (Scratch scratch = Scratch.open()) {
            Block block = scratch.block(Math.max(1, value.length));
            block.buffer().put(0, value);
            long result = Kernel.call(
                    Syscall.FSETXATTR, file.number(), scratch.string(attribute), block.address(), value.length, 0);
            if (result < 0) {
                throw LinuxException.of(result, "fsetxattr", file.number(), attribute, value.length + " bytes");
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
        Map<String, byte[]> attributes = new TreeMap<>();
        try (Scratch scratch = Scratch.open()) {
            long path = path(scratch, directory, name);
            Block block = Block.allocate(MAX_VALUE);
            long length = Kernel.call(Syscall.LLISTXATTR, path, block.address(), block.length());
            if (Errno.EOPNOTSUPP.is(length)) {
                return attributes;
            }
            if (length < 0) {
                throw LinuxException.of(length, "llistxattr", name);
            }
            for (byte[] attribute : split(block, (int) length)) {
                long size = Kernel.call(
                        Syscall.LGETXATTR, path, scratch.string(attribute), block.address(), block.length());
                if (size < 0) {
                    throw LinuxException.of(size, "lgetxattr", name, attribute);
                }
                byte[] value = new byte[(int) size];
                block.buffer().get(0, value);
                attributes.put(FileName.string(attribute), value);
            }
        }
        return attributes;
    }

    /**
     * All attributes of an open file.
     *
     * @param file the file, not opened with O_PATH
     * @return the values by attribute name, sorted; empty if the file system has none
     * @throws LinuxException if they can't be read
     */
    public static Map<String, byte[]> all(Fd file) throws LinuxException {
        Map<String, byte[]> attributes = new TreeMap<>();
        long expected = file.call(Syscall.FLISTXATTR, 0, 0);
        if (expected == 0 || Errno.EOPNOTSUPP.is(expected)) {
            return attributes;
        }
        try (Scratch scratch = Scratch.open()) {
            Block block = Block.allocate(MAX_VALUE);
            long length = file.call(Syscall.FLISTXATTR, block.address(), block.length());
            if (length < 0) {
                throw LinuxException.of(length, "flistxattr", file);
            }
            for (byte[] attribute : split(block, (int) length)) {
                long size = file.call(Syscall.FGETXATTR, scratch.string(attribute), block.address(), block.length());
                // Somebody may have removed it meanwhile.
                if (size < 0 && !Errno.ENODATA.is(size)) {
                    throw LinuxException.of(size, "fgetxattr", file, attribute);
                }
                if (size >= 0) {
                    byte[] value = new byte[(int) size];
                    block.buffer().get(0, value);
                    attributes.put(FileName.string(attribute), value);
                }
            }
        }
        return attributes;
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

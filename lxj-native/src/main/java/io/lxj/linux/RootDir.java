package io.lxj.linux;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The root of a file tree that isn't trusted, pinned by a directory fd. Every path is resolved by openat2(2) with
 * RESOLVE_IN_ROOT and RESOLVE_NO_MAGICLINKS: absolute links and {@code ..} stay inside, whatever the tree holds and
 * whoever changes it meanwhile. A path may start with a slash or not; both mean the same. Thread-safe.
 */
public final class RootDir implements AutoCloseable {
    private static final long IN_ROOT = Open.RESOLVE_IN_ROOT | Open.RESOLVE_NO_MAGICLINKS;
    private static final int ATTEMPTS = 128;

    private final Fd fd;

    /**
     * Takes ownership of a directory that becomes the root.
     *
     * @param fd an open directory, O_PATH or readable
     */
    public RootDir(Fd fd) {
        this.fd = fd;
    }

    /**
     * Pins a directory of the host.
     *
     * @param path a path that the caller trusts
     * @return the root
     * @throws LinuxException ENOENT, ENOTDIR or EACCES if it can't be opened
     */
    public static RootDir open(Path path) throws LinuxException {
        return new RootDir(Fd.open(path, Open.O_PATH | Open.O_DIRECTORY, 0));
    }

    /**
     * The fd of the root.
     *
     * @return the fd, which this object still owns
     */
    public Fd fd() {
        return fd;
    }

    /**
     * Opens a path below the root, following symbolic links within it.
     *
     * @param path the path
     * @param flags of {@link Open}; O_CLOEXEC is added
     * @param mode of a created file, 0 without O_CREAT
     * @return the open file
     * @throws LinuxException if it can't be opened
     */
    public Fd open(byte[] path, int flags, int mode) throws LinuxException {
        return open(path, flags, mode, 0);
    }

    /**
     * Opens a path below the root with further restrictions.
     *
     * @param path the path
     * @param flags of {@link Open}; O_CLOEXEC is added
     * @param mode of a created file, 0 without O_CREAT
     * @param resolve RESOLVE_ flags beside those that always hold
     * @return the open file
     * @throws LinuxException if it can't be opened; ELOOP for a link with RESOLVE_NO_SYMLINKS
     */
    public Fd open(byte[] path, int flags, int mode, long resolve) throws LinuxException {
        long result = openat2(path, flags, mode, resolve);
        if (result < 0) {
            throw failure(result, path, flags);
        }
        return fd.derived(result);
    }

    /**
     * Opens a path below the root, if it leads to something.
     *
     * @param path the path
     * @param flags of {@link Open}, without O_CREAT; O_CLOEXEC is added
     * @return the open file, or empty if the kernel says ENOENT, ENOTDIR or ELOOP
     * @throws LinuxException if it can't be opened otherwise
     */
    public Optional<Fd> find(byte[] path, int flags) throws LinuxException {
        return find(path, flags, 0);
    }

    /**
     * Opens a path below the root with further restrictions, if it leads to something.
     *
     * @param path the path
     * @param flags of {@link Open}, without O_CREAT; O_CLOEXEC is added
     * @param resolve RESOLVE_ flags beside those that always hold
     * @return the open file, or empty if the kernel says ENOENT, ENOTDIR or ELOOP, as it does for a link with
     *     RESOLVE_NO_SYMLINKS
     * @throws LinuxException if it can't be opened otherwise
     */
    public Optional<Fd> find(byte[] path, int flags, long resolve) throws LinuxException {
        long result = openat2(path, flags, 0, resolve);
        if (Errno.ENOENT.is(result) || Errno.ENOTDIR.is(result) || Errno.ELOOP.is(result)) {
            return Optional.empty();
        }
        if (result < 0) {
            throw failure(result, path, flags);
        }
        return Optional.of(fd.derived(result));
    }

    private long openat2(byte[] path, int flags, int mode, long resolve) {
        byte[] name = path.length == 0 ? new byte[] {'.'} : path;
        try (Scratch scratch = Scratch.open()) {
            Block how = scratch.block(24);
            how.buffer()
                    .putLong(0, (flags | Open.O_CLOEXEC) & 0xFFFFFFFFL)
                    .putLong(8, mode)
                    .putLong(16, IN_ROOT | resolve);
            long address = scratch.string(name);
            long result;
            int attempt = 0;
            // EAGAIN: something was renamed while the kernel looked at "..", see openat2(2).
            do {
                result = fd.call(Syscall.OPENAT2, address, how.address(), 24);
            } while (Errno.EAGAIN.is(result) && ++attempt < ATTEMPTS);
            return result;
        }
    }

    private LinuxException failure(long result, byte[] path, int flags) {
        return LinuxException.of(
                result,
                "openat2",
                fd,
                path,
                "0x" + Integer.toHexString(flags),
                "RESOLVE_IN_ROOT|RESOLVE_NO_MAGICLINKS");
    }

    /**
     * Opens a directory below the root for reading.
     *
     * @param path the path, empty for the root itself
     * @return the directory
     * @throws LinuxException ENOTDIR if it is something else
     */
    public Directory directory(byte[] path) throws LinuxException {
        return new Directory(open(path, Open.O_RDONLY | Open.O_DIRECTORY, 0));
    }

    /**
     * Where a path ends: the pinned directory, and the name in it.
     *
     * @param directory the directory of the last component
     * @param name the last component
     */
    public record Place(Directory directory, byte[] name) implements AutoCloseable {
        @Override
        public void close() {
            directory.close();
        }
    }

    /**
     * Resolves all but the last component, so that the {@code *at} calls can be made on it.
     *
     * @param path a path that isn't the root itself and doesn't end in {@code .} or {@code ..}
     * @return the place, to be closed by the caller
     * @throws LinuxException if the directory doesn't exist
     */
    public Place place(byte[] path) throws LinuxException {
        int end = path.length;
        while (end > 0 && path[end - 1] == '/') {
            end--;
        }
        int slash = end - 1;
        while (slash >= 0 && path[slash] != '/') {
            slash--;
        }
        byte[] name = Arrays.copyOfRange(path, slash + 1, end);
        String text = FileName.string(name);
        if (text.isEmpty() || text.equals(".") || text.equals("..")) {
            throw new IllegalArgumentException("a path has to end in a name: " + FileName.quote(path));
        }
        return new Place(directory(Arrays.copyOf(path, Math.max(0, slash))), name);
    }

    /**
     * Metadata of a path.
     *
     * @param path the path
     * @param follow whether a symbolic link in the last component is followed (within the root)
     * @return the metadata
     * @throws LinuxException ENOENT if there is no such file
     */
    public Stat stat(byte[] path, boolean follow) throws LinuxException {
        try (Fd file = open(path, Open.O_PATH | (follow ? 0 : Open.O_NOFOLLOW), 0)) {
            return file.stat();
        }
    }

    /**
     * Whether a path leads to something.
     *
     * @param path the path; links are followed within the root
     * @return false if the kernel says ENOENT, ENOTDIR or ELOOP
     * @throws LinuxException for any other error
     */
    public boolean exists(byte[] path) throws LinuxException {
        Optional<Fd> found = find(path, Open.O_PATH);
        found.ifPresent(Fd::close);
        return found.isPresent();
    }

    /**
     * Reads a regular file.
     *
     * @param path the path; links are followed within the root
     * @param limit how many bytes at most
     * @return the content
     * @throws LinuxException if it can't be read, EFBIG if it is larger than the limit, EINVAL if it isn't a regular file
     */
    public byte[] read(byte[] path, int limit) throws LinuxException {
        // Looked at before it is opened: to open a device may do something to it.
        try (Fd pinned = open(path, Open.O_PATH, 0)) {
            if (!pinned.stat().isRegular() || FileSystemType.of(pinned).isKernels()) {
                throw LinuxException.of(-Errno.EINVAL.number(), "read", path).withHint("not a regular file");
            }
            try (Fd file = pinned.reopen(Open.O_RDONLY | Open.O_NONBLOCK | Open.O_NOCTTY)) {
                return file.readAll(limit);
            }
        }
    }

    /**
     * Makes a directory and those above it where they are missing.
     *
     * @param path the path
     * @param mode of each directory made, before the umask
     * @return the directory
     * @throws LinuxException if one can't be made, ENOTDIR if something else is in the way
     */
    public Directory mkdirs(byte[] path, int mode) throws LinuxException {
        try {
            return directory(path);
        } catch (LinuxException e) {
            if (!e.is(Errno.ENOENT)) {
                throw e;
            }
        }
        List<byte[]> components = components(path);
        byte[] sofar = new byte[0];
        for (byte[] component : components) {
            byte[] next = join(sofar, component);
            if (!exists(next)) {
                try (Directory above = directory(sofar)) {
                    above.mkdir(component, mode);
                }
            }
            sofar = next;
        }
        return directory(path);
    }

    private static List<byte[]> components(byte[] path) {
        List<byte[]> components = new ArrayList<>();
        for (String name : FileName.string(path).split("/")) {
            if (!name.isEmpty() && !name.equals(".")) {
                components.add(FileName.bytes(name));
            }
        }
        return components;
    }

    private static byte[] join(byte[] directory, byte[] name) {
        byte[] joined = Arrays.copyOf(directory, directory.length + 1 + name.length);
        joined[directory.length] = '/';
        System.arraycopy(name, 0, joined, directory.length + 1, name.length);
        return joined;
    }

    @Override
    public void close() {
        fd.close();
    }

    @Override
    public String toString() {
        return "root " + fd;
    }
}

package io.lxj.linux;

import java.util.List;
import java.util.Optional;

/**
 * An open directory and what can be done to the names in it. A name is always one component: no slash, not {@code .},
 * not {@code ..}; so nothing in the directory can send a call elsewhere. A symbolic link is never followed. Owners,
 * permissions and times are changed with {@link Metadata}, extended attributes with {@link Xattrs}. Thread-safe.
 */
public final class Directory implements AutoCloseable {
    private final Fd fd;

    /**
     * Takes ownership of an open directory.
     *
     * @param fd the directory; O_PATH is enough for all methods but {@link #list} and {@link #sync}
     */
    public Directory(Fd fd) {
        this.fd = fd;
    }

    /**
     * The directory itself.
     *
     * @return the fd, which this object still owns
     */
    public Fd fd() {
        return fd;
    }

    /**
     * Opens a name with openat(2), O_NOFOLLOW and O_CLOEXEC.
     *
     * @param name a single component
     * @param flags of {@link Open}
     * @param mode of a created file, before the umask
     * @return the open file
     * @throws LinuxException if it can't be opened; ELOOP for a symbolic link
     */
    public Fd open(byte[] name, int flags, int mode) throws LinuxException {
        Optional<Fd> found = find(name, flags, mode);
        if (found.isEmpty()) {
            throw notOpened(-Errno.ENOENT.number(), name, flags, mode);
        }
        return found.get();
    }

    /**
     * Opens a name with openat(2), O_NOFOLLOW and O_CLOEXEC, if it is there. Whether it is, is often just the question: it
     * takes no exception to answer that.
     *
     * @param name a single component
     * @param flags of {@link Open}, without O_CREAT
     * @return the open file, or empty if the kernel says ENOENT
     * @throws LinuxException if it can't be opened otherwise; ELOOP for a symbolic link
     */
    public Optional<Fd> find(byte[] name, int flags) throws LinuxException {
        return find(name, flags, 0);
    }

    private Optional<Fd> find(byte[] name, int flags, int mode) throws LinuxException {
        try (Scratch scratch = Scratch.open()) {
            long result = fd.call(
                    Syscall.OPENAT,
                    scratch.string(FileName.component(name)),
                    flags | Open.O_NOFOLLOW | Open.O_CLOEXEC,
                    mode);
            if (Errno.ENOENT.is(result)) {
                return Optional.empty();
            }
            if (result < 0) {
                throw notOpened(result, name, flags, mode);
            }
            return Optional.of(fd.derived(result));
        }
    }

    private LinuxException notOpened(long result, byte[] name, int flags, int mode) {
        String shown = "0x" + Integer.toHexString(flags | Open.O_NOFOLLOW);
        return LinuxException.of(result, "openat", fd, name, shown, Integer.toOctalString(mode));
    }

    /**
     * Opens a directory in this one.
     *
     * @param name a single component
     * @return the directory, readable
     * @throws LinuxException ENOTDIR or ELOOP if it isn't a directory
     */
    public Directory openDirectory(byte[] name) throws LinuxException {
        return new Directory(open(name, Open.O_RDONLY | Open.O_DIRECTORY, 0));
    }

    /**
     * Opens a directory in this one, if it is there.
     *
     * @param name a single component
     * @return the directory, readable, or empty if the kernel says ENOENT
     * @throws LinuxException ENOTDIR or ELOOP if it isn't a directory
     */
    public Optional<Directory> findDirectory(byte[] name) throws LinuxException {
        return find(name, Open.O_RDONLY | Open.O_DIRECTORY).map(Directory::new);
    }

    /**
     * Opens the directory that this one was opened in.
     *
     * @param expected that directory
     * @return the directory, readable
     * @throws LinuxException ESTALE if this one was moved to another directory meanwhile
     */
    public Directory openParent(Stat expected) throws LinuxException {
        Directory parent = openParent();
        if (!parent.fd().stat().isSameFile(expected)) {
            parent.close();
            throw LinuxException.of(-Errno.ESTALE.number(), "openat", fd, "..");
        }
        return parent;
    }

    /** The same where nobody can move directories: {@code ..} leads to wherever this one is now. */
    Directory openParent() throws LinuxException {
        try (Scratch scratch = Scratch.open()) {
            int flags = Open.O_RDONLY | Open.O_DIRECTORY | Open.O_CLOEXEC;
            long result = fd.call(Syscall.OPENAT, scratch.string(".."), flags, 0);
            if (result < 0) {
                throw LinuxException.of(result, "openat", fd, "..", "O_RDONLY|O_DIRECTORY");
            }
            return new Directory(fd.derived(result));
        }
    }

    /**
     * Opens a directory in this one that nothing is mounted on.
     *
     * @param name a single component
     * @return the directory, readable
     * @throws LinuxException EXDEV if something is mounted there, ENOTDIR or ELOOP if it isn't a directory
     */
    public Directory openDirectoryHere(byte[] name) throws LinuxException {
        long resolve = Open.RESOLVE_BENEATH | Open.RESOLVE_NO_SYMLINKS | Open.RESOLVE_NO_XDEV;
        try (Scratch scratch = Scratch.open()) {
            Block how = scratch.zeroed(24);
            how.buffer()
                    .putLong(0, Open.O_RDONLY | Open.O_DIRECTORY | Open.O_CLOEXEC)
                    .putLong(16, resolve);
            long result =
                    fd.call(Syscall.OPENAT2, scratch.string(FileName.component(name)), how.address(), how.length());
            if (result < 0) {
                LinuxException failure = LinuxException.of(
                        result, "openat2", fd, name, "O_RDONLY|O_DIRECTORY", "RESOLVE_NO_SYMLINKS|RESOLVE_NO_XDEV");
                throw Errno.EXDEV.is(result) ? failure.withHint("something is mounted there") : failure;
            }
            return new Directory(fd.derived(result));
        }
    }

    /**
     * Metadata of a name; of the link itself, for a symbolic link.
     *
     * @param name a single component
     * @return the metadata
     * @throws LinuxException ENOENT if there is no such name
     */
    public Stat stat(byte[] name) throws LinuxException {
        return Stat.of(fd, FileName.component(name), Open.AT_SYMLINK_NOFOLLOW);
    }

    /**
     * Metadata of a name, if it is there; of the link itself, for a symbolic link.
     *
     * @param name a single component
     * @return the metadata, or empty if the kernel says ENOENT
     * @throws LinuxException if there is no telling
     */
    public Optional<Stat> findStat(byte[] name) throws LinuxException {
        return Stat.find(fd, FileName.component(name), Open.AT_SYMLINK_NOFOLLOW);
    }

    /**
     * Makes a directory.
     *
     * @param name a single component
     * @param mode before the umask
     * @throws LinuxException EEXIST if the name is taken
     */
    public void mkdir(byte[] name, int mode) throws LinuxException {
        if (!mkdirIfMissing(name, mode)) {
            throw notMade(-Errno.EEXIST.number(), name, mode);
        }
    }

    /**
     * Makes a directory, unless the name is taken: whatever by.
     *
     * @param name a single component
     * @param mode before the umask
     * @return whether it was made
     * @throws LinuxException if mkdirat(2) fails otherwise
     */
    public boolean mkdirIfMissing(byte[] name, int mode) throws LinuxException {
        try (Scratch scratch = Scratch.open()) {
            long result = fd.call(Syscall.MKDIRAT, scratch.string(FileName.component(name)), mode);
            if (result < 0 && !Errno.EEXIST.is(result)) {
                throw notMade(result, name, mode);
            }
            return result == 0;
        }
    }

    private LinuxException notMade(long result, byte[] name, int mode) {
        return LinuxException.of(result, "mkdirat", fd, name, Integer.toOctalString(mode));
    }

    /**
     * Makes a FIFO, socket, regular file or device node.
     *
     * @param name a single component
     * @param mode type and permissions, before the umask
     * @param major of a device
     * @param minor of a device
     * @throws LinuxException EEXIST if the name is taken, EPERM without CAP_MKNOD
     */
    public void mknod(byte[] name, int mode, int major, int minor) throws LinuxException {
        try (Scratch scratch = Scratch.open()) {
            long result =
                    fd.call(Syscall.MKNODAT, scratch.string(FileName.component(name)), mode, device(major, minor));
            if (result < 0) {
                throw LinuxException.of(result, "mknodat", fd, name, Integer.toOctalString(mode), major + ":" + minor);
            }
        }
    }

    /**
     * The number that mknod(2) takes for a device, see makedev(3).
     *
     * @param major up to 12 bits
     * @param minor up to 20 bits
     * @return the number
     */
    public static long device(int major, int minor) {
        return (minor & 0xFFL) | ((major & 0xFFFL) << 8) | ((minor & ~0xFFL) << 12);
    }

    /**
     * Makes a symbolic link.
     *
     * @param target any bytes; nothing looks at them here
     * @param name a single component
     * @throws LinuxException EEXIST if the name is taken
     */
    public void symlink(byte[] target, byte[] name) throws LinuxException {
        try (Scratch scratch = Scratch.open()) {
            long from = scratch.string(target);
            long at = scratch.string(FileName.component(name));
            long result = fd.borrow(number -> fd.makes(Syscall.SYMLINKAT, from, number, at, 0));
            if (result < 0) {
                throw LinuxException.of(result, "symlinkat", target, fd, name);
            }
        }
    }

    /**
     * Makes a hard link to a name, which isn't followed.
     *
     * @param from the directory of the existing name
     * @param existing a single component there
     * @param name a single component here
     * @throws LinuxException EEXIST if the name is taken
     */
    public void link(Directory from, byte[] existing, byte[] name) throws LinuxException {
        try (Scratch scratch = Scratch.open()) {
            long source = scratch.string(FileName.component(existing));
            long target = scratch.string(FileName.component(name));
            long result = fd.borrow(number -> from.fd.call(Syscall.LINKAT, source, number, target, 0, 0));
            if (result < 0) {
                throw LinuxException.of(result, "linkat", from.fd, existing, fd, name, 0);
            }
        }
    }

    /**
     * Reads a symbolic link.
     *
     * @param name a single component
     * @return the target
     * @throws LinuxException EINVAL if it isn't a link
     */
    public byte[] readLink(byte[] name) throws LinuxException {
        try (Scratch scratch = Scratch.open()) {
            Block block = scratch.block(4096);
            long result = fd.call(
                    Syscall.READLINKAT, scratch.string(FileName.component(name)), block.address(), block.length());
            if (result < 0) {
                throw LinuxException.of(result, "readlinkat", fd, name);
            }
            byte[] target = new byte[(int) result];
            block.buffer().get(0, target);
            return target;
        }
    }

    /**
     * Removes a name that isn't a directory.
     *
     * @param name a single component
     * @throws LinuxException ENOENT if there is none, EISDIR for a directory
     */
    public void unlink(byte[] name) throws LinuxException {
        remove(name, 0);
    }

    /**
     * Removes a name that isn't a directory, if it is there.
     *
     * @param name a single component
     * @return whether it was there
     * @throws LinuxException EISDIR for a directory
     */
    public boolean unlinkIfThere(byte[] name) throws LinuxException {
        return removeIfThere(name, 0);
    }

    /**
     * Removes an empty directory.
     *
     * @param name a single component
     * @throws LinuxException ENOTEMPTY if it isn't empty
     */
    public void rmdir(byte[] name) throws LinuxException {
        remove(name, Open.AT_REMOVEDIR);
    }

    private void remove(byte[] name, int flags) throws LinuxException {
        if (!removeIfThere(name, flags)) {
            throw notRemoved(-Errno.ENOENT.number(), name, flags);
        }
    }

    private boolean removeIfThere(byte[] name, int flags) throws LinuxException {
        try (Scratch scratch = Scratch.open()) {
            long result = fd.call(Syscall.UNLINKAT, scratch.string(FileName.component(name)), flags);
            if (result < 0 && !Errno.ENOENT.is(result)) {
                throw notRemoved(result, name, flags);
            }
            return result == 0;
        }
    }

    private LinuxException notRemoved(long result, byte[] name, int flags) {
        return LinuxException.of(result, "unlinkat", fd, name, flags == 0 ? "0" : "AT_REMOVEDIR");
    }

    /**
     * Renames; what was there under the new name is replaced.
     *
     * @param name a single component here
     * @param to the directory of the new name
     * @param newName a single component there
     * @throws LinuxException if renameat2(2) fails
     */
    public void rename(byte[] name, Directory to, byte[] newName) throws LinuxException {
        rename(name, to, newName, 0);
    }

    /**
     * Renames with flags of renameat2(2).
     *
     * @param name a single component here
     * @param to the directory of the new name
     * @param newName a single component there
     * @param flags 1 for RENAME_NOREPLACE, 2 for RENAME_EXCHANGE
     * @throws LinuxException EEXIST with RENAME_NOREPLACE if the new name is taken
     */
    public void rename(byte[] name, Directory to, byte[] newName, int flags) throws LinuxException {
        try (Scratch scratch = Scratch.open()) {
            long source = scratch.string(FileName.component(name));
            long target = scratch.string(FileName.component(newName));
            long result = to.fd.borrow(number -> fd.call(Syscall.RENAMEAT2, source, number, target, flags, 0));
            if (result < 0) {
                throw LinuxException.of(result, "renameat2", fd, name, to.fd, newName, flags);
            }
        }
    }

    /**
     * Lists the directory, without {@code .} and {@code ..}, in the kernel's order.
     *
     * @return a list of its own
     * @throws LinuxException if getdents64(2) fails
     */
    public List<DirectoryEntry> list() throws LinuxException {
        return list(Integer.MAX_VALUE);
    }

    /**
     * The same for a directory that isn't trusted.
     *
     * @param limit how many entries there may be
     * @return a list of its own
     * @throws LinuxException if getdents64(2) fails, or with EFBIG if there are more
     */
    // One at a time: how far the directory has been read is kept with the descriptor.
    public synchronized List<DirectoryEntry> list(int limit) throws LinuxException {
        return DirectoryListing.read(fd, limit);
    }

    /**
     * Lists the beginning of a directory that may have more entries than there is memory for.
     *
     * @param enough how many are enough
     * @return all entries if there are no more than that, else some more than that
     * @throws LinuxException if getdents64(2) fails
     */
    synchronized List<DirectoryEntry> listFirst(int enough) throws LinuxException {
        return DirectoryListing.first(fd, enough);
    }

    /**
     * Lists what follows what was listed last.
     *
     * @param enough how many entries are enough
     * @return all entries that follow if there are no more than that, else some more than that
     * @throws LinuxException if getdents64(2) fails
     */
    synchronized List<DirectoryEntry> listNext(int enough) throws LinuxException {
        return DirectoryListing.next(fd, enough);
    }

    /** Where {@link #listNext} goes on; holds for the same directory opened once more, see telldir(3). */
    synchronized long listingPosition() throws LinuxException {
        return DirectoryListing.position(fd);
    }

    /** Lets {@link #listNext} go on elsewhere. */
    synchronized void listFrom(long position) throws LinuxException {
        DirectoryListing.seek(fd, position);
    }

    /**
     * Removes a name and everything below it. Directories are entered by fd and links are not followed, so that what
     * is below can't lead outside, even while another process changes it. Mounts are not crossed: EXDEV. What chattr(1)
     * protects is removed, too.
     *
     * @param name a single component
     * @throws LinuxException if something can't be removed; ENOENT if there is no such name
     */
    public void removeTree(byte[] name) throws LinuxException {
        TreeRemover.remove(this, name, false);
    }

    /**
     * The same for a tree of somebody else's, who may have files of other people mounted in it. What chattr(1) protects
     * stays protected, and no mount is taken away from a file: the kernel guards mount points of a mount namespace only
     * against those who are in it.
     *
     * @param name a single component; the caller has seen that nothing is mounted there
     * @throws LinuxException if something can't be removed; ENOENT if there is no such name
     */
    public void removeForeignTree(byte[] name) throws LinuxException {
        TreeRemover.remove(this, name, true);
    }

    /**
     * Writes the directory's entries to disk, as fsync(2).
     *
     * @throws LinuxException if that fails
     */
    public void sync() throws LinuxException {
        fd.sync();
    }

    @Override
    public void close() {
        fd.close();
    }

    @Override
    public String toString() {
        return "directory " + fd;
    }
}

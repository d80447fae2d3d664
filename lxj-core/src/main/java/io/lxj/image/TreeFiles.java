package io.lxj.image;

import io.lxj.config.ByteSize;
import io.lxj.config.FileInfo;
import io.lxj.config.FileType;
import io.lxj.linux.Directory;
import io.lxj.linux.DirectoryEntry;
import io.lxj.linux.Errno;
import io.lxj.linux.Fd;
import io.lxj.linux.FdInputStream;
import io.lxj.linux.FileName;
import io.lxj.linux.LinuxException;
import io.lxj.linux.Metadata;
import io.lxj.linux.Open;
import io.lxj.linux.RootDir;
import io.lxj.linux.Stat;
import io.lxj.linux.Xattrs;
import java.io.InputStream;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Single files below the root of a container or image. Paths are absolute and have no {@code ..}; links on the way are
 * followed within the root. What is there is pinned and looked at before it is opened, so that a FIFO or device can't
 * hold anybody up, whatever takes a file's place meanwhile. Thread-safe as long as the root stays open.
 */
public final class TreeFiles {
    private static final int MAX_LISTED = 1_000_000;
    private static final long MAX_TARGETS = 64 << 20;
    private static final int READ = Open.O_RDONLY | Open.O_NONBLOCK | Open.O_NOCTTY;

    private final RootDir root;
    private final OwnerMap owners;

    /**
     * The files below a root.
     *
     * @param root the root; stays the caller's
     */
    public TreeFiles(RootDir root) {
        this(root, OwnerMap.SAME);
    }

    /**
     * Files below a root whose owners may look different from here.
     *
     * @param root the root; stays the caller's
     * @param owners how the owners of its files look from here
     */
    public TreeFiles(RootDir root, OwnerMap owners) {
        this.root = root;
        this.owners = owners;
    }

    /**
     * A file, without following a symbolic link in its place.
     *
     * @param path the path
     * @return what is known of it
     * @throws LinuxException ENOENT if there is none
     */
    public FileInfo info(String path) throws LinuxException {
        TreePath parsed = TreePath.of(path);
        try (Fd pinned = root.open(parsed.bytes(), Open.O_PATH | Open.O_NOFOLLOW, 0)) {
            String name = parsed.toString();
            return info(name.length() == 1 ? name : name.substring(name.lastIndexOf('/') + 1), pinned);
        }
    }

    private FileInfo info(String name, Fd pinned) throws LinuxException {
        Stat stat = pinned.stat();
        return new FileInfo(
                name,
                type(stat.type()),
                ByteSize.bytes(Math.max(0, stat.size())),
                stat.permissions(),
                Integer.toUnsignedLong(owners.insideUser(stat.uid())),
                Integer.toUnsignedLong(owners.insideGroup(stat.gid())),
                time(stat),
                stat.isSymlink() ? target(pinned) : Optional.empty());
    }

    /** Links of procfs to what a process has are not for everybody. */
    private static Optional<String> target(Fd link) throws LinuxException {
        try {
            return Optional.of(FileName.string(TreeReader.target(link)));
        } catch (LinuxException e) {
            if (e.is(Errno.EACCES)) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** File systems hold more years than {@link Instant} knows of. */
    private static Instant time(Stat stat) {
        try {
            return Instant.ofEpochSecond(stat.modifiedSeconds(), stat.modifiedNanos());
        } catch (DateTimeException e) {
            return stat.modifiedSeconds() < 0 ? Instant.MIN : Instant.MAX;
        }
    }

    /** What shows itself to nobody else, as a FUSE does, or is in a folder that may be listed, but not entered. */
    private static FileInfo closed(DirectoryEntry entry) {
        return new FileInfo(
                entry.string(),
                type(entry.type()),
                ByteSize.bytes(0),
                0,
                OwnerMap.NOBODY,
                OwnerMap.NOBODY,
                Instant.EPOCH,
                Optional.empty());
    }

    private static FileType type(int bits) {
        return switch (bits) {
            case Stat.S_IFDIR -> FileType.FOLDER;
            case Stat.S_IFLNK -> FileType.LINK;
            case Stat.S_IFIFO -> FileType.FIFO;
            case Stat.S_IFSOCK -> FileType.SOCKET;
            case Stat.S_IFCHR -> FileType.CHARACTER_DEVICE;
            case Stat.S_IFBLK -> FileType.BLOCK_DEVICE;
            default -> FileType.FILE;
        };
    }

    /**
     * Whether a path leads to something.
     *
     * @param path the path; links are followed
     * @return false if it doesn't
     * @throws LinuxException if that can't be told
     */
    public boolean exists(String path) throws LinuxException {
        return root.exists(TreePath.of(path).bytes());
    }

    /**
     * What is in a folder.
     *
     * @param path the path; links are followed
     * @return the entries, sorted by name; of what may not be looked at, only name and type
     * @throws LinuxException ENOTDIR if it isn't a folder, EFBIG if it has more than a million entries, or more than 64 MiB
     *     of names or of targets of links
     */
    public List<FileInfo> list(String path) throws LinuxException {
        List<FileInfo> list = new ArrayList<>();
        long targets = 0;
        try (Directory directory = root.directory(TreePath.of(path).bytes())) {
            for (DirectoryEntry entry : directory.list(MAX_LISTED)) {
                try (Fd pinned = directory.open(entry.name(), Open.O_PATH, 0)) {
                    FileInfo info = info(entry.string(), pinned);
                    list.add(info);
                    targets += info.target().map(String::length).orElse(0);
                } catch (LinuxException e) {
                    if (e.is(Errno.EACCES)) {
                        list.add(closed(entry));
                    } else if (!e.is(Errno.ENOENT)) {
                        // What isn't there was removed since.
                        throw e;
                    }
                }
                if (targets > MAX_TARGETS) {
                    throw LinuxException.of(-Errno.EFBIG.number(), "readlinkat", directory.fd(), entry.name())
                            .withHint(
                                    "the links in the folder have more than " + (MAX_TARGETS >> 20) + " Mi characters");
                }
            }
        }
        list.sort(Comparator.comparing(FileInfo::name));
        return list;
    }

    /**
     * Reads a regular file.
     *
     * @param path the path; links are followed
     * @param limit how large it may be
     * @return its content
     * @throws LinuxException EFBIG if it is larger, EINVAL if it isn't a regular file
     */
    public byte[] read(String path, ByteSize limit) throws LinuxException {
        try (Fd file = open(path)) {
            return file.readAll((int) Math.min(limit.bytes(), Integer.MAX_VALUE - 64));
        }
    }

    /**
     * Opens a regular file.
     *
     * @param path the path; links are followed
     * @return its content as a stream, which needs the root no more
     * @throws LinuxException EINVAL if it isn't a regular file
     */
    public InputStream stream(String path) throws LinuxException {
        // Its reader has all the time in the world, and may still read when nobody works on the files any more.
        try (Fd file = open(path)) {
            return new FdInputStream(file.undelegated());
        }
    }

    private Fd open(String path) throws LinuxException {
        byte[] bytes = TreePath.of(path).bytes();
        try (Fd pinned = root.open(bytes, Open.O_PATH, 0)) {
            Stat stat = pinned.stat();
            if (stat.isDirectory()) {
                throw LinuxException.of(-Errno.EISDIR.number(), "openat2", bytes, "O_RDONLY");
            }
            if (!stat.isRegular()) {
                throw LinuxException.of(-Errno.EINVAL.number(), "openat2", bytes, "O_RDONLY")
                        .withHint("it is no regular file");
            }
            return pinned.reopen(READ);
        }
    }

    /**
     * Begins to write a file, which has its name once that is done.
     *
     * @param path the path; a link in its place is followed
     * @return the file in the making
     * @throws LinuxException ENOENT if its folder doesn't exist, EISDIR if it is a folder, EINVAL if it is neither that
     *     nor a regular file
     */
    public NewFile create(String path) throws LinuxException {
        TreePath parsed = TreePath.of(path);
        if (parsed.isRoot()) {
            throw LinuxException.of(-Errno.EISDIR.number(), "openat2", "/", "O_WRONLY");
        }
        return new NewFile(AtomicFile.begin(root, parsed.bytes()), owners);
    }

    /**
     * Removes a file, link, node or empty folder.
     *
     * @param path the path; a link in its place is removed, not followed
     * @throws LinuxException ENOENT if there is none, ENOTEMPTY for a folder with something in it, EBUSY if something is
     *     mounted there
     */
    public void delete(String path) throws LinuxException {
        try (RootDir.Place place = place(path)) {
            MountPoints.refuse(place);
            try {
                place.directory().unlink(place.name());
            } catch (LinuxException e) {
                if (!e.is(Errno.EISDIR)) {
                    throw e;
                }
                place.directory().rmdir(place.name());
            }
        }
    }

    /**
     * Removes a file or folder with all that is in it. What is mounted in it is left alone: EXDEV.
     *
     * @param path the path; a link in its place is removed, not followed
     * @throws LinuxException ENOENT if there is none
     */
    public void deleteTree(String path) throws LinuxException {
        try (RootDir.Place place = place(path)) {
            MountPoints.refuse(place);
            place.directory().removeForeignTree(place.name());
        }
    }

    private RootDir.Place place(String path) throws LinuxException {
        TreePath parsed = TreePath.of(path);
        if (parsed.isRoot()) {
            throw LinuxException.of(-Errno.EBUSY.number(), "unlinkat", "/");
        }
        RootDir.Place place = root.place(parsed.bytes());
        try {
            KernelFiles.leaveAlone(place.directory().fd());
            return place;
        } catch (LinuxException e) {
            place.close();
            throw e;
        }
    }

    /**
     * Makes a folder and those above it where they are missing.
     *
     * @param path the path
     * @param mode of the folders that are made, whatever the umask of this process is
     * @throws LinuxException ENOTDIR if something else is in the way
     */
    public void mkdirs(String path, int mode) throws LinuxException {
        byte[] bytes = TreePath.of(path).bytes();
        for (int end = 1; end <= bytes.length; end++) {
            if (end == bytes.length || bytes[end] == '/') {
                mkdir(Arrays.copyOf(bytes, end), mode);
            }
        }
        root.directory(bytes).close();
    }

    private void mkdir(byte[] path, int mode) throws LinuxException {
        if (root.exists(path)) {
            return;
        }
        try (RootDir.Place place = root.place(path)) {
            KernelFiles.leaveAlone(place.directory().fd());
            place.directory().mkdir(place.name(), mode);
            try (Directory made = place.directory().openDirectory(place.name())) {
                KernelFiles.leaveAlone(made.fd());
                Xattrs.clear(made.fd(), PosixAcl.ACCESS);
                Xattrs.clear(made.fd(), PosixAcl.DEFAULT);
                Metadata.chmod(made.fd(), mode);
            }
        } catch (LinuxException e) {
            // Somebody else may have made it; what it is shows at the end.
            if (!e.is(Errno.EEXIST)) {
                throw e;
            }
        }
    }

    /**
     * Makes a symbolic link.
     *
     * @param target where it leads, as it is written
     * @param path where it is
     * @throws LinuxException EEXIST if something is there
     */
    public void link(String target, String path) throws LinuxException {
        try (RootDir.Place place = place(path)) {
            place.directory().symlink(FileName.bytes(target), place.name());
        }
    }

    /**
     * Sets the permissions of a file.
     *
     * @param path the path; links are followed
     * @param mode the lower 12 bits
     * @throws LinuxException if that fails
     */
    public void chmod(String path, int mode) throws LinuxException {
        try (Fd file = openToChange(path)) {
            Metadata.chmod(file, mode);
        }
    }

    /**
     * Sets the owner of a file.
     *
     * @param path the path; links are followed
     * @param uid the owner
     * @param gid the group
     * @throws LinuxException if that fails
     */
    public void chown(String path, int uid, int gid) throws LinuxException {
        try (Fd file = openToChange(path)) {
            Metadata.chown(file, owners.outsideUser(uid), owners.outsideGroup(gid));
        }
    }

    private Fd openToChange(String path) throws LinuxException {
        byte[] bytes = TreePath.of(path).bytes();
        try (Fd pinned = root.open(bytes, Open.O_PATH, 0)) {
            Stat stat = pinned.stat();
            if (!stat.isRegular() && !stat.isDirectory()) {
                throw LinuxException.of(-Errno.EINVAL.number(), "openat2", bytes, "O_RDONLY")
                        .withHint("it is neither a regular file nor a folder");
            }
            KernelFiles.leaveAlone(pinned);
            return pinned.reopen(READ);
        }
    }
}

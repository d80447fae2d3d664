package io.lxj.image;

import io.lxj.config.ImportLimits;
import io.lxj.linux.Directory;
import io.lxj.linux.Errno;
import io.lxj.linux.Fd;
import io.lxj.linux.FileName;
import io.lxj.linux.LinuxException;
import io.lxj.linux.Open;
import io.lxj.linux.RootDir;
import io.lxj.linux.Stat;
import java.io.IOException;
import java.util.Arrays;

/**
 * Writes the entries of an archive below a pinned root, as {@code tar --numeric-owner --xattrs --xattrs-include='*'
 * --acls -x} does as root. Nothing can be written outside: every name is a single component in a directory that was
 * opened below the root.
 *
 * <p>A later entry of the same name replaces an earlier one; where the earlier is a symbolic link to a folder and the
 * later a folder, the link goes, as with GNU tar. A folder that isn't empty is replaced by nothing but a folder. A hard
 * link must lead to something that an earlier entry made.
 *
 * <p>Without the privilege to make device nodes they are left out with a warning; lxj gives containers a /dev of its
 * own. Used by one thread.
 */
final class TreeWriter implements AutoCloseable {
    private static final int CREATE = Open.O_WRONLY | Open.O_CREAT | Open.O_EXCL;

    private final RootDir root;
    private final ImportLimits limits;
    private final ImportWarnings warnings;
    private final Checkpoint checkpoint;
    private final DirectoryStack directories;
    private final LateAcls lateAcls;
    private final FileMetadata metadata;

    /**
     * Begins to write into an empty directory that nobody else writes to.
     *
     * @param root the directory; stays the caller's
     * @param credentials as whom files are made
     */
    TreeWriter(
            RootDir root, Credentials credentials, ImportLimits limits, ImportWarnings warnings, Checkpoint checkpoint)
            throws LinuxException {
        this(root, DirectoryStack.Root.EMPTY, OwnerMap.onDisk(root.fd()), credentials, limits, warnings, checkpoint);
    }

    /**
     * Begins to write.
     *
     * @param root a directory; stays the caller's
     * @param kind whose it is
     * @param owners how the owners of its files look from here; entries have those already, but for names in access
     *     control lists
     * @param credentials as whom files are made
     */
    TreeWriter(
            RootDir root,
            DirectoryStack.Root kind,
            OwnerMap owners,
            Credentials credentials,
            ImportLimits limits,
            ImportWarnings warnings,
            Checkpoint checkpoint)
            throws LinuxException {
        this.root = root;
        this.limits = limits;
        this.warnings = warnings;
        this.checkpoint = checkpoint;
        this.directories = new DirectoryStack(root, kind, credentials);
        this.lateAcls = new LateAcls(warnings, limits.pathDepth(), owners);
        this.metadata = new FileMetadata(credentials, warnings, lateAcls);
    }

    /** Writes an entry, with its content from where it came. */
    void write(TarEntry entry, EntrySource reader) throws IOException {
        checkpoint.check();
        try {
            EntryPath path = EntryPath.parse(entry.name(), limits.pathDepth());
            if (entry.acls().containsKey(PosixAcl.DEFAULT) || hasBinaryDefaultAcl(entry)) {
                directories.expectDefaultAcls();
            }
            if (path.isRoot()) {
                root(entry);
            } else {
                write(entry, reader, path);
            }
        } catch (LinuxException e) {
            throw ArchiveException.ofEntry(entry.name(), entry.offset(), "it can't be written: " + e.getMessage(), e);
        } catch (ArchiveException e) {
            throw e.entry().isPresent() ? e : ArchiveException.ofEntry(entry.name(), entry.offset(), e.problem(), e);
        }
    }

    private static boolean hasBinaryDefaultAcl(TarEntry entry) {
        return entry.attributes().stream().anyMatch(a -> a.name().equals(PosixAcl.DEFAULT));
    }

    private void root(TarEntry entry) throws IOException {
        if (entry.type() != TarEntry.Type.DIRECTORY) {
            throw entry.failure("it would replace the root of the image");
        }
        directories.enter(EntryPath.parse(new byte[0], limits.pathDepth()), 0);
        metadata.applyExisting(directories.top(), entry);
    }

    private void write(TarEntry entry, EntrySource reader, EntryPath path) throws IOException {
        OpenDirectory parent = directories.enter(path, path.depth() - 1);
        byte[] name = path.last();
        switch (entry.type()) {
            case FILE -> file(entry, reader, parent, name);
            case DIRECTORY -> directory(entry, path, parent);
            case SYMBOLIC_LINK -> {
                replacing(entry, parent, name, () -> parent.directory().symlink(entry.linkName(), name));
                metadata.apply(entry, name, parent);
            }
            case HARD_LINK -> hardLink(entry, path, parent);
            case FIFO -> node(entry, parent, name, Stat.S_IFIFO);
            case CHARACTER_DEVICE -> device(entry, parent, name, Stat.S_IFCHR);
            case BLOCK_DEVICE -> device(entry, parent, name, Stat.S_IFBLK);
        }
    }

    private void file(TarEntry entry, EntrySource reader, OpenDirectory parent, byte[] name) throws IOException {
        int mode = metadata.createMode(entry, parent);
        try (Fd file = create(entry, parent, name, mode)) {
            FileContent.write(reader, entry, file, checkpoint);
            metadata.apply(file, entry, parent);
        }
    }

    private static Fd create(TarEntry entry, OpenDirectory parent, byte[] name, int mode) throws IOException {
        try {
            return parent.directory().open(name, CREATE, mode);
        } catch (LinuxException e) {
            if (!e.is(Errno.EEXIST)) {
                throw e;
            }
        }
        remove(entry, parent, name);
        return parent.directory().open(name, CREATE, mode);
    }

    private void directory(TarEntry entry, EntryPath path, OpenDirectory parent) throws IOException {
        byte[] name = path.last();
        int mode = metadata.createMode(entry, parent);
        // A folder that its owner can't enter is made so only when it is left.
        int made = (mode & 0700) == 0700 ? mode : 0700;
        int madeWith = parent.keepsModes() ? made : -1;
        try {
            parent.directory().mkdir(name, made);
            metadata.apply(directories.enterMade(name), entry, madeWith);
            return;
        } catch (LinuxException e) {
            if (!e.is(Errno.EEXIST)) {
                throw e;
            }
        }
        if (parent.directory().stat(name).isDirectory()) {
            metadata.applyExisting(directories.enter(path, path.depth()), entry);
        } else {
            remove(entry, parent, name);
            parent.directory().mkdir(name, made);
            metadata.apply(directories.enterMade(name), entry, madeWith);
        }
    }

    private void hardLink(TarEntry entry, EntryPath path, OpenDirectory parent) throws IOException {
        EntryPath target = EntryPath.parse(entry.linkName(), limits.pathDepth());
        if (target.isRoot()) {
            throw entry.failure("it is a hard link to the root of the image");
        }
        byte[] targetFolder = target.prefix(target.depth() - 1);
        if (Arrays.equals(targetFolder, path.prefix(path.depth() - 1))) {
            hardLink(entry, parent, path.last(), parent.directory(), target.last());
            return;
        }
        try (Directory folder = root.directory(targetFolder)) {
            hardLink(entry, parent, path.last(), folder, target.last());
        } catch (LinuxException e) {
            throw missingTarget(entry, e);
        }
    }

    private static void hardLink(
            TarEntry entry, OpenDirectory parent, byte[] name, Directory targetFolder, byte[] target)
            throws IOException {
        Stat existing;
        try {
            existing = targetFolder.stat(target);
        } catch (LinuxException e) {
            throw missingTarget(entry, e);
        }
        if (existing.isDirectory()) {
            throw entry.failure("it is a hard link to the folder " + FileName.quote(entry.linkName()));
        }
        try {
            parent.directory().link(targetFolder, target, name);
            return;
        } catch (LinuxException e) {
            if (!e.is(Errno.EEXIST)) {
                throw entry.failure("the hard link to " + FileName.quote(entry.linkName()) + " can't be made", e);
            }
        }
        // A link to itself would be lost if it were removed first.
        if (!parent.directory().stat(name).isSameFile(existing)) {
            remove(entry, parent, name);
            parent.directory().link(targetFolder, target, name);
        }
    }

    private static ArchiveException missingTarget(TarEntry entry, LinuxException e) {
        return entry.failure(
                "it is a hard link to " + FileName.quote(entry.linkName()) + ", which no earlier entry made", e);
    }

    private void node(TarEntry entry, OpenDirectory parent, byte[] name, int type) throws IOException {
        int mode = type | metadata.createMode(entry, parent);
        replacing(entry, parent, name, () -> parent.directory()
                .mknod(name, mode, entry.deviceMajor(), entry.deviceMinor()));
        metadata.apply(entry, name, parent);
    }

    private void device(TarEntry entry, OpenDirectory parent, byte[] name, int type) throws IOException {
        try {
            node(entry, parent, name, type);
        } catch (LinuxException e) {
            if (!e.is(Errno.EPERM)) {
                throw e;
            }
            warnings.add("device nodes were left out, which only root may make", entry.name());
        }
    }

    private interface Maker {
        void make() throws LinuxException;
    }

    private static void replacing(TarEntry entry, OpenDirectory parent, byte[] name, Maker maker) throws IOException {
        try {
            maker.make();
            return;
        } catch (LinuxException e) {
            if (!e.is(Errno.EEXIST)) {
                throw e;
            }
        }
        remove(entry, parent, name);
        maker.make();
    }

    private static void remove(TarEntry entry, OpenDirectory parent, byte[] name) throws IOException {
        try {
            MountPoints.refuse(parent.directory(), name);
        } catch (LinuxException e) {
            throw entry.failure("what is in its place can't be replaced: " + e.getMessage(), e);
        }
        if (!parent.directory().stat(name).isDirectory()) {
            parent.directory().unlink(name);
            return;
        }
        try {
            parent.directory().rmdir(name);
        } catch (LinuxException e) {
            throw entry.failure("a folder that isn't empty is in its place", e);
        }
    }

    /** Puts all folders right. Nothing can be written any more. */
    void finish() throws LinuxException {
        directories.leaveAll();
        lateAcls.apply(root);
    }

    /** Lets go of what is open, also after a failure. */
    @Override
    public void close() {
        directories.close();
    }
}

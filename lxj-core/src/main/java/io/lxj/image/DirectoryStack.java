package io.lxj.image;

import io.lxj.linux.Directory;
import io.lxj.linux.Errno;
import io.lxj.linux.LinuxException;
import io.lxj.linux.Metadata;
import io.lxj.linux.RootDir;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The directories from the root to where the current entry goes, all open. Archives are written folder by folder, so
 * most entries find theirs open already. Each component is opened in the one above without following links, so the
 * length of a path doesn't matter; where one is a symbolic link, the kernel resolves it within the root.
 *
 * <p>Directories are put right as they are left, and not all at the end: memory doesn't grow with the archive.
 */
final class DirectoryStack implements AutoCloseable {
    private static final int NEW_MODE = 0755;
    // No file has this group, see chown(2).
    private static final int UNKNOWN = -1;

    /** Whose the tree is that is written into. */
    enum Root {
        /** It is empty, and the archive alone decides what it becomes. */
        EMPTY,
        /** It is in use: what no entry names is left as it is, and as others change it meanwhile. */
        LIVE
    }

    private final RootDir root;
    private final Root kind;
    private final Credentials credentials;
    private final List<OpenDirectory> open = new ArrayList<>();
    private boolean mayInherit = true;

    /**
     * Begins at the root.
     *
     * @param root stays the caller's
     * @param kind whose it is
     * @param credentials as whom files are made
     */
    DirectoryStack(RootDir root, Root kind, Credentials credentials) throws LinuxException {
        this.root = root;
        this.kind = kind;
        this.credentials = credentials;
        open.add(found(new byte[0], root.directory(new byte[0])));
        if (kind == Root.LIVE) {
            return;
        }
        // What the root itself inherited from where it lies is not the image's.
        open.get(0).clearAcls(true, true);
        open.get(0).setMode(NEW_MODE);
        mayInherit = false;
    }

    /** From now on, directories with default access control lists may be about. */
    void expectDefaultAcls() {
        mayInherit = true;
    }

    /** The root. */
    OpenDirectory top() {
        return open.get(0);
    }

    /**
     * Goes to the directory that the first components of a path name, and makes it where it is missing.
     *
     * @param path of an entry
     * @param depth how many components to go
     */
    OpenDirectory enter(EntryPath path, int depth) throws IOException {
        int common = 0;
        while (common < depth
                && common + 1 < open.size()
                && Arrays.equals(open.get(common + 1).name(), path.component(common))) {
            common++;
        }
        leaveBelow(common);
        for (int i = common; i < depth; i++) {
            push(path, i);
        }
        return open.get(depth);
    }

    /** Adds a directory that was just made in the current one. */
    OpenDirectory enterMade(byte[] name) throws LinuxException {
        OpenDirectory parent = open.get(open.size() - 1);
        Directory directory = parent.directory().openDirectory(name);
        try {
            leaveAlone(directory);
            OpenDirectory made = OpenDirectory.made(name, directory, gidOfNew(parent), parent);
            open.add(made);
            return made;
        } catch (LinuxException e) {
            directory.close();
            throw e;
        }
    }

    /** With the mount option grpid the group is that of the directory; where both are the same it doesn't matter. */
    private int gidOfNew(OpenDirectory parent) {
        return parent.gid() == credentials.gid() ? parent.gid() : UNKNOWN;
    }

    private void push(EntryPath path, int index) throws IOException {
        byte[] name = path.component(index);
        Directory parent = open.get(index).directory();
        try {
            open.add(found(name, openExisting(parent, path, index)));
        } catch (LinuxException e) {
            if (!e.is(Errno.ENOENT)) {
                throw e;
            }
            parent.mkdir(name, NEW_MODE);
            enterMade(name).setMode(NEW_MODE);
        }
    }

    /** Something may be mounted there. */
    private void leaveAlone(Directory directory) throws LinuxException {
        if (kind == Root.LIVE) {
            KernelFiles.leaveAlone(directory.fd());
        }
    }

    private OpenDirectory found(byte[] name, Directory directory) throws LinuxException {
        try {
            leaveAlone(directory);
            return kind == Root.LIVE
                    ? OpenDirectory.live(name, directory)
                    : OpenDirectory.found(name, directory, credentials, mayInherit);
        } catch (LinuxException e) {
            directory.close();
            throw e;
        }
    }

    private Directory openExisting(Directory parent, EntryPath path, int index) throws IOException {
        byte[] name = path.component(index);
        try {
            return parent.openDirectory(name);
        } catch (LinuxException e) {
            if (e.is(Errno.ENOTDIR) || e.is(Errno.ELOOP)) {
                return openThroughLink(parent, path, index);
            }
            if (e.is(Errno.EACCES) && !credentials.ignoresPermissions()) {
                return openClosed(parent, name);
            }
            throw e;
        }
    }

    /** As O_NOFOLLOW and O_DIRECTORY together give ENOTDIR for a link, only a look tells what it is. */
    private Directory openThroughLink(Directory parent, EntryPath path, int index) throws IOException {
        byte[] sofar = path.prefix(index + 1);
        if (!parent.stat(path.component(index)).isSymlink()) {
            throw new ArchiveException("its folder is a file: an earlier entry of the archive made it one");
        }
        try {
            return root.directory(sofar);
        } catch (LinuxException e) {
            if (e.is(Errno.EACCES)) {
                throw e;
            }
            throw new ArchiveException(
                    "its folder is a symbolic link that leads to no folder of the image: " + e.getMessage(), e);
        }
    }

    private static Directory openClosed(Directory parent, byte[] name) throws LinuxException {
        int before = parent.stat(name).permissions();
        Metadata.chmod(parent, name, 0700);
        Directory opened = parent.openDirectory(name);
        try {
            Metadata.chmod(opened.fd(), before);
            return opened;
        } catch (LinuxException e) {
            opened.close();
            throw e;
        }
    }

    private void leaveBelow(int depth) throws LinuxException {
        while (open.size() > depth + 1) {
            open.remove(open.size() - 1).leave();
        }
    }

    /** Leaves all directories, the root last. Nothing can be entered any more. */
    void leaveAll() throws LinuxException {
        leaveBelow(-1);
    }

    /** Closes what is open as it is, after a failure. */
    @Override
    public void close() {
        open.forEach(OpenDirectory::close);
        open.clear();
    }
}

package io.lxj.storage;

import com.google.gson.JsonObject;
import io.lxj.error.CorruptStateException;
import io.lxj.error.Failure;
import io.lxj.error.LxjException;
import io.lxj.linux.Deputy;
import io.lxj.linux.Directory;
import io.lxj.linux.DirectoryEntry;
import io.lxj.linux.Errno;
import io.lxj.linux.Fd;
import io.lxj.linux.FileName;
import io.lxj.linux.FileSystemType;
import io.lxj.linux.Kernel;
import io.lxj.linux.LinuxException;
import io.lxj.linux.Metadata;
import io.lxj.linux.Open;
import io.lxj.linux.Scratch;
import io.lxj.linux.Stat;
import io.lxj.linux.Syscall;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The opening of a state folder: makes what is missing, and checks what is there. Closing it closes what was opened,
 * unless it is to be kept.
 */
final class StateFolderOpening implements AutoCloseable {
    static final int LAYOUT = 1;

    private static final String LAYOUT_FILE = "layout.json";
    private static final String LOCKS = "locks";
    private static final List<String> PARTS = List.of("images", "containers", "tmp", LOCKS);
    private static final String LAYOUT_KEY = "layout";
    private static final String LACKING = ", which is the user's own alone; the warning before this says why";
    private static final int OTHERS = 077;
    private static final int W_OK = 2;

    private final String action;
    private Directory root;
    private Deputy deputy;
    private final Map<String, Directory> folders = new HashMap<>();
    private boolean kept;

    private StateFolderOpening(String action, Directory root) {
        this.action = action;
        this.root = root;
    }

    static StateFolderOpening of(String action, Path path) throws IOException {
        makeFolder(action, path);
        StateFolderOpening opening = new StateFolderOpening(action, openFolder(action, path));
        try {
            opening.checkOwner(path);
            opening.checkFileSystem();
            if (Deputies.areNeeded()) {
                opening.delegate(path);
                opening.takeOver();
                opening.checkIds(path, LAYOUT_FILE);
            }
            opening.checkLayout(path);
            for (String name : PARTS) {
                opening.folders.put(name, opening.openPart(path, name));
            }
            return opening;
        } catch (IOException | RuntimeException | Error e) {
            opening.close();
            throw e;
        }
    }

    /** From now on the folder and all that is in it is handled by a deputy. */
    private void delegate(Path path) throws IOException {
        deputy = Deputies.start(path);
        Directory seen = new Directory(deputy.folder().duplicate());
        if (!seen.fd().stat().isSameFile(root.fd().stat())) {
            seen.close();
            throw LinuxException.of(-Errno.ESTALE.number(), "openat", path.toString());
        }
        root.close();
        root = seen;
    }

    /**
     * What was made when the user had no ids becomes that of the ids which the user has by now, if it is nothing but an empty
     * state folder: its opening has told the user to get some.
     */
    private void takeOver() throws LinuxException {
        if (!deputy.hasSeveralIds() || !wasSingle()) {
            return;
        }
        FileLock.awaitExclusive(root.fd());
        try {
            // Unless another process has just done it.
            if (wasSingle()) {
                giveEmptyParts();
            }
        } finally {
            FileLock.release(root.fd());
        }
    }

    private void giveEmptyParts() throws LinuxException {
        List<Directory> parts = new ArrayList<>();
        try {
            for (String name : PARTS) {
                Optional<Directory> part = root.findDirectory(FileName.bytes(name));
                part.ifPresent(parts::add);
                if (part.isPresent()
                        && !name.equals(LOCKS)
                        && !part.get().list().isEmpty()) {
                    return;
                }
            }
            for (Directory part : parts) {
                // Of the locks only; who holds one holds it still.
                for (DirectoryEntry entry : part.list()) {
                    Metadata.chown(part, entry.name(), 0, 0);
                }
                Metadata.chown(part.fd(), 0, 0);
            }
        } finally {
            parts.forEach(Directory::close);
        }
        Metadata.chown(root, FileName.bytes(LAYOUT_FILE), 0, 0);
    }

    private boolean wasSingle() throws LinuxException {
        Optional<Stat> stat = root.findStat(FileName.bytes(LAYOUT_FILE));
        return stat.isPresent() && Integer.toUnsignedLong(stat.get().uid()) == OwnIds.USER;
    }

    private static void makeFolder(String action, Path path) throws LinuxException {
        try {
            if (path.getParent() != null) {
                Files.createDirectories(path.getParent());
            }
        } catch (IOException e) {
            throw new LxjException(
                    Failure.of(action, "the folder above it can't be made: " + e)
                            .hint("make it, or open another state folder"),
                    e);
        }
        byte[] name = FileName.bytes(path);
        try (Scratch scratch = Scratch.open()) {
            long result = Kernel.call(Syscall.MKDIRAT, Open.AT_FDCWD, scratch.string(name), 0700);
            if (result < 0 && !Errno.EEXIST.is(result) && !exists(path)) {
                throw LinuxException.of(result, "mkdirat", "AT_FDCWD", name, "0700");
            }
        }
    }

    // mkdir(2) says EROFS or EACCES without looking whether the folder is there.
    private static boolean exists(Path path) {
        return Files.exists(path, java.nio.file.LinkOption.NOFOLLOW_LINKS);
    }

    private static Directory openFolder(String action, Path path) throws LinuxException {
        try {
            return new Directory(Fd.open(path, Open.O_RDONLY | Open.O_DIRECTORY | Open.O_NOFOLLOW, 0));
        } catch (LinuxException e) {
            // open(2) says ENOTDIR of a symbolic link if it is asked for a directory.
            if (Files.isSymbolicLink(path)) {
                throw new LxjException(
                        Failure.of(action, "it is a symbolic link").hint("name the folder that it leads to"), e);
            }
            throw e;
        }
    }

    /** Setuid programs of an image must be out of reach of other users, and nobody may swap files under our hands. */
    private void checkOwner(Path path) throws LinuxException {
        Stat stat = root.fd().stat();
        long uid = Kernel.call(Syscall.GETEUID);
        if (Integer.toUnsignedLong(stat.uid()) != uid) {
            throw new LxjException(Failure.of(
                            action, "it belongs to uid " + Integer.toUnsignedString(stat.uid()) + ", not to uid " + uid)
                    .hint("run as its owner, or open another state folder"));
        }
        if ((stat.permissions() & OTHERS) != 0) {
            throw new LxjException(
                    Failure.of(action, String.format("other users can reach it: its mode is %04o", stat.permissions()))
                            .hint("chmod 700 " + path));
        }
    }

    private void checkFileSystem() throws LinuxException {
        FileSystemType type = FileSystemType.of(root.fd());
        Optional<String> refusal = FileSystemSupport.refusal(type);
        if (refusal.isPresent()) {
            throw new LxjException(Failure.of(action, "it is on a file system of type " + type + ": " + refusal.get())
                    .hint("open a state folder on ext4, xfs, btrfs or tmpfs"));
        }
        try (Scratch scratch = Scratch.open()) {
            int flags = Open.AT_EMPTY_PATH | Open.AT_EACCESS;
            long result = root.fd().call(Syscall.FACCESSAT2, scratch.string(""), W_OK, flags, 0, 0);
            if (result < 0) {
                throw LinuxException.of(result, "faccessat2", root.fd(), "", "W_OK", "AT_EMPTY_PATH|AT_EACCESS");
            }
        }
    }

    private void checkLayout(Path path) throws LinuxException {
        Optional<String> text = JsonFile.read(root, LAYOUT_FILE);
        Optional<String> stranger = text.isPresent() ? Optional.empty() : stranger();
        if (stranger.isPresent()) {
            // Unless another process has just made it a state folder.
            text = JsonFile.read(root, LAYOUT_FILE);
        }
        if (text.isPresent()) {
            checkLayout(path.resolve(LAYOUT_FILE).toString(), text.get());
        } else if (stranger.isPresent()) {
            throw new LxjException(
                    Failure.of(action, "it is neither a state folder nor empty: there is " + stranger.get())
                            .hint("open another folder"));
        } else {
            JsonFile.sweep(root);
            JsonObject layout = new JsonObject();
            layout.addProperty(LAYOUT_KEY, LAYOUT);
            JsonFile.write(root, LAYOUT_FILE, layout + "\n", JsonFile.Survives.POWER_CUT);
        }
    }

    private static void checkLayout(String file, String text) {
        int layout = JsonFields.parse(file, text).integer(LAYOUT_KEY);
        if (layout != LAYOUT) {
            throw new CorruptStateException(
                    file,
                    "the state folder has layout " + layout + ", this version of lxj knows layout " + LAYOUT
                            + (layout > LAYOUT ? "; use the later version of lxj that wrote it" : ""),
                    null);
        }
    }

    /**
     * What is in the folder that an empty one wouldn't have. A typing error must not fill somebody's home folder, or
     * take hold of /etc.
     */
    private Optional<String> stranger() throws LinuxException {
        // A file system of its own is as good as empty; a temporary file is from an opening that was cut off.
        return root.list().stream()
                .map(DirectoryEntry::string)
                .filter(name -> !JsonFile.isTemporary(name) && !name.equals("lost+found"))
                .findFirst();
    }

    private Directory openPart(Path path, String name) throws LinuxException {
        byte[] bytes = FileName.bytes(name);
        try {
            root.mkdir(bytes, 0700);
        } catch (LinuxException e) {
            if (!e.is(Errno.EEXIST)) {
                throw e;
            }
        }
        Directory folder = root.openDirectory(bytes);
        if (deputy != null) {
            try {
                checkIds(path, name);
            } catch (LinuxException | RuntimeException | Error e) {
                folder.close();
                throw e;
            }
        }
        if (folder.fd().stat().fileSystem() != root.fd().stat().fileSystem()) {
            folder.close();
            throw new LxjException(Failure.of(action, path.resolve(name) + " is on another file system")
                    .hint("a state folder must be on one file system as a whole, so that renames work"));
        }
        return folder;
    }

    /** What other ids of the user than those of now have made is out of reach. */
    private void checkIds(Path path, String name) throws LinuxException {
        Optional<Stat> stat = root.findStat(FileName.bytes(name));
        if (stat.isPresent() && stat.get().uid() != 0) {
            boolean wasSingle = Integer.toUnsignedLong(stat.get().uid()) == OwnIds.USER;
            throw new LxjException(Failure.of(
                            action,
                            path.resolve(name)
                                    + " belongs to other ids than those that this user's containers have now"
                                    + (deputy.hasSeveralIds() ? since(wasSingle) : LACKING))
                    .hint("give the user the former ids again, or open another state folder"));
        }
    }

    private static String since(boolean wasSingle) {
        return wasSingle
                ? ": it was made when the user had none in /etc/subuid and /etc/subgid, and containers had the user's own"
                : ": it was made when /etc/subuid and /etc/subgid said something else about the user";
    }

    Directory root() {
        return root;
    }

    Optional<Deputy> deputy() {
        return Optional.ofNullable(deputy);
    }

    Directory folder(String name) {
        return folders.get(name);
    }

    /** From now on somebody else owns what was opened. */
    void keep() {
        kept = true;
    }

    @Override
    public void close() {
        if (!kept) {
            folders.values().forEach(Directory::close);
            root.close();
            deputy().ifPresent(Deputy::close);
        }
    }
}

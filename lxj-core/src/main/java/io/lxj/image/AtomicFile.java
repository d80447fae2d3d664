package io.lxj.image;

import io.lxj.linux.Block;
import io.lxj.linux.Errno;
import io.lxj.linux.Fd;
import io.lxj.linux.FileName;
import io.lxj.linux.LinuxException;
import io.lxj.linux.Metadata;
import io.lxj.linux.Open;
import io.lxj.linux.RootDir;
import io.lxj.linux.Scratch;
import io.lxj.linux.Stat;
import io.lxj.linux.Syscall;
import io.lxj.linux.Xattrs;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;

/**
 * A file in the making: its content goes to a temporary file beside the place that it is for, which takes the name in
 * one step when it is complete. So whoever reads it sees the old content or the new, and what is there is never opened.
 * A file that something is mounted on can't be replaced: it is written into. Not thread-safe.
 */
final class AtomicFile implements AutoCloseable {
    private static final int MAX_LINKS = 40;
    private static final int NEW_MODE = 0644;
    private static final int SET_USER_ID = 04000;
    private static final int SET_GROUP_ID = 02000;
    private static final SecureRandom RANDOM = new SecureRandom();

    private final RootDir.Place place;
    private final Optional<Stat> existing;
    private final byte[] temporary;
    private final Fd file;
    // Of the file that it replaces; null if that has none, or others permissions were asked for.
    private byte[] acl;
    private int mode;
    private int uid;
    private int gid;
    private boolean done;

    private AtomicFile(RootDir.Place place, Optional<Stat> existing, byte[] temporary, Fd file) throws LinuxException {
        this.place = place;
        this.existing = existing;
        this.temporary = temporary;
        this.file = file;
        // What the folder gives to new files isn't what was asked for.
        Xattrs.clear(file, PosixAcl.ACCESS);
        this.acl = existing.isPresent() ? acl(place) : null;
        Stat own = file.stat();
        this.mode = existing.map(AtomicFile::mode).orElse(NEW_MODE);
        this.uid = existing.map(Stat::uid).orElse(own.uid());
        this.gid = existing.map(Stat::gid).orElse(own.gid());
    }

    /** Nobody is also who has no id in the container: files of the host that are mounted there. */
    private static int mode(Stat existing) {
        int users = existing.uid() == OwnerMap.NOBODY ? SET_USER_ID : 0;
        int groups = existing.gid() == OwnerMap.NOBODY ? SET_GROUP_ID : 0;
        return existing.permissions() & ~users & ~groups;
    }

    /**
     * Begins a file. It gets mode, access control list and owner of the file that it replaces.
     *
     * @param root what the path and the links on its way are resolved in
     * @param path where it is to be; if that is a symbolic link, where it leads to
     */
    static AtomicFile begin(RootDir root, byte[] path) throws LinuxException {
        byte[] target = path;
        for (int links = 0; links < MAX_LINKS; links++) {
            RootDir.Place place = place(root, target);
            boolean kept = false;
            try {
                Optional<Stat> existing = stat(place);
                if (existing.isPresent() && existing.get().isSymlink()) {
                    target = follow(target, place.directory().readLink(place.name()));
                    continue;
                }
                check(path, existing);
                KernelFiles.leaveAlone(place.directory().fd());
                AtomicFile made = make(place, existing);
                kept = true;
                return made;
            } finally {
                if (!kept) {
                    place.close();
                }
            }
        }
        throw LinuxException.of(-Errno.ELOOP.number(), "openat2", path);
    }

    private static RootDir.Place place(RootDir root, byte[] path) throws LinuxException {
        try {
            return root.place(path);
        } catch (IllegalArgumentException e) {
            // It ends in a slash or "..", as only the way to a directory can.
            throw LinuxException.of(-Errno.EISDIR.number(), "openat2", path, "O_WRONLY");
        }
    }

    /** Without it, the permissions of its mask would become those of the group. */
    private static byte[] acl(RootDir.Place place) throws LinuxException {
        try {
            return Xattrs.all(place.directory(), place.name()).get(PosixAcl.ACCESS);
        } catch (LinuxException e) {
            if (e.is(Errno.ENOENT)) {
                return null;
            }
            throw e;
        }
    }

    private static Optional<Stat> stat(RootDir.Place place) throws LinuxException {
        return place.directory().findStat(place.name());
    }

    private static byte[] follow(byte[] link, byte[] target) {
        if (target.length > 0 && target[0] == '/') {
            return target;
        }
        int folder = link.length;
        while (folder > 0 && link[folder - 1] != '/') {
            folder--;
        }
        byte[] joined = Arrays.copyOf(link, folder + target.length);
        System.arraycopy(target, 0, joined, folder, target.length);
        return joined;
    }

    private static void check(byte[] path, Optional<Stat> existing) throws LinuxException {
        if (existing.isPresent() && existing.get().isDirectory()) {
            throw LinuxException.of(-Errno.EISDIR.number(), "openat2", path, "O_WRONLY")
                    .withHint("it is a folder");
        }
        if (existing.isPresent() && !existing.get().isRegular()) {
            throw LinuxException.of(-Errno.EINVAL.number(), "openat2", path, "O_WRONLY")
                    .withHint("it is no regular file; delete it first");
        }
    }

    private static AtomicFile make(RootDir.Place place, Optional<Stat> existing) throws LinuxException {
        byte[] random = new byte[8];
        RANDOM.nextBytes(random);
        byte[] temporary = FileName.bytes(".lxj-" + HexFormat.of().formatHex(random));
        Fd file = place.directory().open(temporary, Open.O_RDWR | Open.O_CREAT | Open.O_EXCL, 0600);
        try {
            return new AtomicFile(place, existing, temporary, file);
        } catch (LinuxException e) {
            file.close();
            place.directory().unlink(temporary);
            throw e;
        }
    }

    /** Where the content goes; stays this object's. */
    Fd file() {
        return file;
    }

    /** Sets the permissions that it gets, and nobody beside them. */
    void mode(int permissions) {
        mode = permissions;
        acl = null;
    }

    /** Sets the owner that it gets. */
    void owner(int user, int group) {
        uid = user;
        gid = group;
    }

    /** Gives a file what has to come after its content, owner and permissions. */
    interface Finish {
        void apply(Fd file) throws LinuxException;
    }

    /** Gives the file its name, once it is on disk. */
    void commit() throws LinuxException {
        commit(complete -> {});
    }

    /** The same for a file that has more than permissions and an owner. */
    void commit(Finish finish) throws LinuxException {
        boolean mountPoint = existing.isPresent() && MountPoints.isOne(place);
        Stat own = file.stat();
        // A file that is written in place keeps its owner, who may have no id on the file system above.
        if (!mountPoint && (own.uid() != uid || own.gid() != gid)) {
            Metadata.chown(file, uid, gid);
        }
        Metadata.chmod(file, mode);
        if (acl != null) {
            Xattrs.set(file, PosixAcl.ACCESS, acl);
        }
        finish.apply(file);
        file.sync();
        if (mountPoint) {
            overwrite();
        } else {
            place.directory().rename(temporary, place.directory(), place.name());
            done = true;
        }
    }

    private void overwrite() throws LinuxException {
        try (Fd pinned = place.directory().open(place.name(), Open.O_PATH, 0)) {
            if (!pinned.stat().isRegular()) {
                throw LinuxException.of(
                        -Errno.EBUSY.number(), "openat", place.directory().fd(), place.name());
            }
            KernelFiles.leaveAlone(pinned);
            try (Fd target = pinned.reopen(Open.O_WRONLY | Open.O_TRUNC | Open.O_NONBLOCK);
                    Scratch scratch = Scratch.open()) {
                Block block = scratch.block(32 * 1024);
                file.call(Syscall.LSEEK, 0, 0);
                int n;
                while ((n = file.read(block, 0, block.length())) > 0) {
                    target.write(block, 0, n);
                }
                target.sync();
            }
        }
    }

    /** Removes what was written, unless it has its name. */
    @Override
    public void close() throws LinuxException {
        try (place;
                file) {
            if (!done) {
                place.directory().unlink(temporary);
            }
        }
    }
}

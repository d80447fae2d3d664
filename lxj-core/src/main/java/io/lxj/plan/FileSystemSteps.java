package io.lxj.plan;

import io.lxj.linux.Arg;
import io.lxj.linux.MountFlags;
import io.lxj.linux.Open;
import io.lxj.linux.ProgramBuilder;
import io.lxj.linux.Stat;
import io.lxj.linux.Syscall;
import java.util.Map;
import java.util.TreeMap;

/** Steps that make, change and place mounts. Every one works on fds; a path is either one component or the kernel's own. */
final class FileSystemSteps {
    private static final int ATTEMPTS = 10_000;
    private static final int EFD_SEMAPHORE = 1;
    private static final int EFD_NONBLOCK = 0x800;
    static final long NO_EXEC =
            MountFlags.MOUNT_ATTR_NOSUID | MountFlags.MOUNT_ATTR_NODEV | MountFlags.MOUNT_ATTR_NOEXEC;
    private static final long NO_LINKS = Open.RESOLVE_IN_ROOT | Open.RESOLVE_NO_MAGICLINKS | Open.RESOLVE_NO_SYMLINKS;
    private static final long IN_ROOT = Open.RESOLVE_IN_ROOT | Open.RESOLVE_NO_MAGICLINKS;

    private final ProgramBuilder program;

    FileSystemSteps(ProgramBuilder program) {
        this.program = program;
    }

    /** Nothing that is mounted from here on shows in the mount namespace that this one is a copy of. */
    void keepToItself() {
        propagate(
                "keep mounts to itself",
                Arg.of(Open.AT_FDCWD, "AT_FDCWD"),
                "/",
                Arg.of(MountFlags.AT_RECURSIVE, "AT_RECURSIVE"),
                program.words("{propagation=MS_PRIVATE}", 0, 0, MountFlags.MS_PRIVATE, 0));
    }

    /**
     * What is mounted from here on shows in copies of this mount namespace, as on a machine that systemd has booted: in a
     * container, systemd leaves that as it finds it, but gives its services what it mounts in a copy, see credentials in
     * systemd.exec(5).
     */
    void share(Arg root) {
        propagate(
                "share mounts among those in the container",
                root,
                "",
                Arg.of(Open.AT_EMPTY_PATH | MountFlags.AT_RECURSIVE, "AT_EMPTY_PATH|AT_RECURSIVE"),
                program.words("{propagation=MS_SHARED}", 0, 0, MountFlags.MS_SHARED, 0));
    }

    private void propagate(String what, Arg mount, String path, Arg flags, Arg propagation) {
        program.step(what, Syscall.MOUNT_SETATTR, mount, program.string(path), flags, propagation, 32);
    }

    /** A new file system as a detached mount. */
    Arg make(String type, long attributes, Map<String, String> options) {
        Map<String, String> sorted = new TreeMap<>(options);
        Arg context = program.step(
                        "prepare a new " + type,
                        Syscall.FSOPEN,
                        program.string(type),
                        Arg.of(MountFlags.FSOPEN_CLOEXEC, "FSOPEN_CLOEXEC"))
                .result();
        sorted.forEach((key, value) -> set(type, context, key, value));
        return create(type, context, attributes);
    }

    /** Sets an option of a file system that is being prepared. */
    void set(String type, Arg context, String key, String value) {
        program.step(
                "set " + key + " of the new " + type,
                Syscall.FSCONFIG,
                context,
                Arg.of(MountFlags.FSCONFIG_SET_STRING, "FSCONFIG_SET_STRING"),
                program.string(key),
                program.string(value),
                0);
    }

    /** Makes what was prepared. */
    Arg create(String type, Arg context, long attributes) {
        program.step(
                "create the new " + type,
                Syscall.FSCONFIG,
                context,
                Arg.of(MountFlags.FSCONFIG_CMD_CREATE, "FSCONFIG_CMD_CREATE"),
                0,
                0,
                0);
        return program.step(
                        "mount the new " + type,
                        Syscall.FSMOUNT,
                        context,
                        Arg.of(MountFlags.FSMOUNT_CLOEXEC, "FSMOUNT_CLOEXEC"),
                        Arg.hex(attributes))
                .result();
    }

    /** A copy of a mount, or of a part of it, as a detached mount. The path is empty or one that the kernel made. */
    Arg copy(String what, Arg mount, String path) {
        long flags = MountFlags.OPEN_TREE_CLONE | MountFlags.OPEN_TREE_CLOEXEC | Open.AT_EMPTY_PATH;
        return program.step(
                        what,
                        Syscall.OPEN_TREE,
                        mount,
                        program.string(path),
                        Arg.of(flags, "OPEN_TREE_CLONE|OPEN_TREE_CLOEXEC|AT_EMPTY_PATH"))
                .result();
    }

    /** Sets attributes of one mount. */
    void restrict(String what, Arg mount, long attributes) {
        Arg struct = program.words("{attr_set=0x" + Long.toHexString(attributes) + "}", attributes, 0, 0, 0);
        program.step(
                what,
                Syscall.MOUNT_SETATTR,
                mount,
                program.string(""),
                Arg.of(Open.AT_EMPTY_PATH, "AT_EMPTY_PATH"),
                struct,
                32);
    }

    /** Places a detached mount at a path below another mount whose content is the kernel's or our own. */
    ProgramBuilder.Added place(String what, Arg mount, Arg directory, String path) {
        return program.step(
                what,
                Syscall.MOVE_MOUNT,
                mount,
                program.string(""),
                directory,
                program.string(path),
                Arg.of(MountFlags.MOVE_MOUNT_F_EMPTY_PATH, "MOVE_MOUNT_F_EMPTY_PATH"));
    }

    /** Places a detached mount on a file or directory that is open. */
    void placeOn(String what, Arg mount, Arg target) {
        program.step(
                what,
                Syscall.MOVE_MOUNT,
                mount,
                program.string(""),
                target,
                program.string(""),
                Arg.of(
                        MountFlags.MOVE_MOUNT_F_EMPTY_PATH | MountFlags.MOVE_MOUNT_T_EMPTY_PATH,
                        "MOVE_MOUNT_F_EMPTY_PATH|MOVE_MOUNT_T_EMPTY_PATH"));
    }

    /**
     * The place in the container's root for one of our own mounts: a directory of the root folder, never a link
     * (CVE-2026-41579: an image that ships /dev as a symlink).
     */
    Arg mountPoint(Arg root, String name) {
        ProgramBuilder.Label absent = program.label();
        ProgramBuilder.Label there = program.label();
        program.step(
                        "look for /" + name,
                        Syscall.FACCESSAT2,
                        root,
                        program.string(name),
                        0,
                        Arg.of(Open.AT_SYMLINK_NOFOLLOW, "AT_SYMLINK_NOFOLLOW"))
                .onError(absent)
                .onZero(there);
        program.place(absent);
        program.step("make /" + name, Syscall.MKDIRAT, root, program.string(name), Arg.of(0755, "0755"))
                .mayFail();
        program.place(there);
        return open("open /" + name, root, name, Open.O_PATH | Open.O_DIRECTORY, NO_LINKS, "NO_SYMLINKS");
    }

    /**
     * How often paths of the container are looked up again: the kernel gives up one with "..", with EAGAIN, when something is
     * renamed meanwhile, anywhere on the host, see openat2(2).
     *
     * @return a counter that every further attempt takes one from
     */
    Arg attempts() {
        int flags = EFD_SEMAPHORE | EFD_NONBLOCK | Open.O_CLOEXEC;
        return program.step("count attempts", Syscall.EVENTFD2, ATTEMPTS, Arg.hex(flags))
                .result();
    }

    /** Opens a path of the container; links in it stay in the root. */
    private Arg openInRoot(String what, Arg root, String path, int flags, Arg attempts) {
        Arg how = how(flags, IN_ROOT, "IN_ROOT");
        Arg name = program.string(path);
        ProgramBuilder.Label again = program.label();
        ProgramBuilder.Label enough = program.label();
        ProgramBuilder.Label opened = program.label();
        ProgramBuilder.Label attempt = program.here();
        Arg result = program.step(what, Syscall.OPENAT2, root, name, how, 24)
                .onPositive(opened)
                .onError(again)
                .result();
        program.place(again);
        program.step("try again", Syscall.READ, attempts, program.space(8, "count"), 8)
                .onPositive(attempt)
                .onError(enough);
        program.place(enough);
        // The last attempt: if it fails, its error is told; what it opens is opened once more.
        Arg last = program.step(what, Syscall.OPENAT2, root, name, how, 24).result();
        program.step("close it", Syscall.CLOSE, last).onZero(attempt);
        program.place(opened);
        return result;
    }

    private Arg how(int flags, long resolve, String shown) {
        return program.words(
                "{flags=0x" + Integer.toHexString(flags) + ", resolve=RESOLVE_" + shown + "}",
                (flags | Open.O_CLOEXEC) & 0xFFFFFFFFL,
                0,
                resolve);
    }

    private Arg open(String what, Arg root, String path, int flags, long resolve, String shown) {
        return program.step(what, Syscall.OPENAT2, root, program.string(path), how(flags, resolve, shown), 24)
                .result();
    }

    /** The target of a mount, made where it is missing, component by component, each resolved in the root. */
    Arg target(Arg root, String path, boolean directory, Arg attempts) {
        String[] names = path.substring(1).split("/");
        StringBuilder above = new StringBuilder("/");
        for (int i = 0; i < names.length; i++) {
            boolean folder = directory || i < names.length - 1;
            Arg parent = openInRoot(
                    "open " + above + " for " + path, root, above.toString(), Open.O_PATH | Open.O_DIRECTORY, attempts);
            if (folder) {
                program.step(
                                "make " + names[i],
                                Syscall.MKDIRAT,
                                parent,
                                program.string(names[i]),
                                Arg.of(0755, "0755"))
                        .mayFail();
            } else {
                file(parent, names[i], 0644).mayFail();
            }
            program.step("close " + above, Syscall.CLOSE, parent);
            above.append(i == 0 ? "" : "/").append(names[i]);
        }
        return openInRoot(
                "open the target " + path, root, path, Open.O_PATH | (directory ? Open.O_DIRECTORY : 0), attempts);
    }

    /** An empty file. */
    ProgramBuilder.Added file(Arg directory, String name, int permissions) {
        return node(directory, new LaunchSpec.Node(name, Stat.S_IFREG | permissions, 0, 0));
    }

    /** A device node, FIFO, socket or file. */
    ProgramBuilder.Added node(Arg directory, LaunchSpec.Node node) {
        return program.step(
                "make " + node.path(),
                Syscall.MKNODAT,
                directory,
                program.string(node.path()),
                Arg.octal(node.mode()),
                Arg.of(io.lxj.linux.Directory.device(node.major(), node.minor()), node.major() + ":" + node.minor()));
    }

    /** Gives a file of our own to its owner. */
    void owner(Arg directory, String path, long uid, long gid) {
        program.step(
                "give " + path + " its owner",
                Syscall.FCHOWNAT,
                directory,
                program.string(path),
                uid,
                gid,
                Arg.of(Open.AT_SYMLINK_NOFOLLOW, "AT_SYMLINK_NOFOLLOW"));
    }

    void directory(Arg parent, String name, int permissions) {
        program.step("make " + name, Syscall.MKDIRAT, parent, program.string(name), Arg.octal(permissions));
    }

    void symlink(Arg directory, String name, String target) {
        program.step("link " + name, Syscall.SYMLINKAT, program.string(target), directory, program.string(name));
    }

    /** A file with content, on a file system of our own. */
    void content(Arg directory, String name, int mode, byte[] content) {
        Arg file = program.step(
                        "create " + name,
                        Syscall.OPENAT,
                        directory,
                        program.string(name),
                        Arg.of(Open.O_WRONLY | Open.O_CREAT | Open.O_EXCL | Open.O_CLOEXEC, "O_WRONLY|O_CREAT|O_EXCL"),
                        Arg.octal(mode))
                .result();
        program.step("write " + name, Syscall.WRITE, file, program.bytes(content, "content"), content.length);
        program.step("close " + name, Syscall.CLOSE, file);
    }
}

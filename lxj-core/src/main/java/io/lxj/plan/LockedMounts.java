package io.lxj.plan;

import io.lxj.linux.Arg;
import io.lxj.linux.CloneFlags;
import io.lxj.linux.MountFlags;
import io.lxj.linux.Open;
import io.lxj.linux.ProgramBuilder;
import io.lxj.linux.Syscall;
import io.lxj.plan.LaunchSpec.MountSpec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Mounts that forbid something, such as to be written to, in a way that root of a user namespace can't lift. The kernel
 * locks such flags of mounts that a mount namespace inherits from one of another user namespace, see
 * mount_namespaces(7). So the stage attaches them in a mount namespace of the host's first; the init is cloned from there
 * and takes copies, which have the locks.
 */
final class LockedMounts {
    // Only a place; what is there is covered in the stage's own namespace, and gone with it.
    private static final String PLACE = "/dev";

    private final ProgramBuilder program;
    private final FileSystemSteps steps;
    private final List<Integer> locked = new ArrayList<>();
    private final Map<Integer, Arg> taken = new HashMap<>();
    private final List<MountSpec> mounts;

    LockedMounts(ProgramBuilder program, LaunchSpec spec) {
        this.program = program;
        this.steps = new FileSystemSteps(program);
        this.mounts = spec.mounts();
        for (int i = 0; i < mounts.size(); i++) {
            // Without a user namespace of its own, root of the container can lift anything.
            if (spec.userNamespace().isPresent()
                    && !mounts.get(i).isTmpfs()
                    && mounts.get(i).attributes() != 0) {
                locked.add(i);
            }
        }
    }

    boolean isEmpty() {
        return locked.isEmpty();
    }

    /** The stage's mount namespace, for {@link #leave}. */
    Arg current() {
        return program.step(
                        "hold the mount namespace",
                        Syscall.OPENAT,
                        Arg.of(Open.AT_FDCWD, "AT_FDCWD"),
                        program.string("/proc/self/ns/mnt"),
                        Arg.of(Open.O_CLOEXEC, "O_RDONLY|O_CLOEXEC"),
                        0)
                .result();
    }

    /** Attaches them in a new mount namespace. */
    void attach() {
        program.step(
                "start a mount namespace for what is locked",
                Syscall.UNSHARE,
                Arg.of(CloneFlags.CLONE_NEWNS, "CLONE_NEWNS"));
        steps.keepToItself();
        Arg place = steps.make("tmpfs", FileSystemSteps.NO_EXEC, Map.of("mode", "755"));
        steps.place("make room for mounts", place, Arg.of(Open.AT_FDCWD, "AT_FDCWD"), PLACE);
        for (int i : locked) {
            String name = Integer.toString(i);
            if (mounts.get(i).directory()) {
                steps.directory(place, name, 0755);
            } else {
                steps.file(place, name, 0644);
            }
            steps.place("attach the mount for " + mounts.get(i).target(), program.fd(FdNames.mount(i)), place, name);
        }
    }

    /** Goes back to the mount namespace of before: whoever stays would hold the mounts. */
    void leave(Arg before) {
        program.step("leave the mount namespace", Syscall.SETNS, before, Arg.of(CloneFlags.CLONE_NEWNS, "CLONE_NEWNS"));
        program.step("let go of it", Syscall.CLOSE, before);
    }

    /** The init takes its copies. */
    void take() {
        long flags = MountFlags.OPEN_TREE_CLONE | MountFlags.OPEN_TREE_CLOEXEC | MountFlags.AT_RECURSIVE;
        for (int i : locked) {
            Arg copy = program.step(
                            "take the mount for " + mounts.get(i).target(),
                            Syscall.OPEN_TREE,
                            Arg.of(Open.AT_FDCWD, "AT_FDCWD"),
                            program.string(PLACE + "/" + i),
                            Arg.of(flags, "OPEN_TREE_CLONE|OPEN_TREE_CLOEXEC|AT_RECURSIVE"))
                    .result();
            taken.put(i, copy);
        }
    }

    /** The mount to put in its place. */
    Arg mount(int index) {
        return taken.containsKey(index) ? taken.get(index) : program.fd(FdNames.mount(index));
    }
}

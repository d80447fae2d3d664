package io.lxj.linux;

import java.util.ArrayList;
import java.util.List;

/**
 * Tries file systems and mounts. Everything is done in a mount namespace of its own, in which no mount propagates before
 * the first one is attached. Not thread-safe.
 */
final class MountTrials {
    private static final int TIOCSPTLCK = 0x40045431;
    private static final int TIOCGPTPEER = 0x5441;
    private static final int STRUCT_MOUNT_ATTR = 32;
    // Only a place to put a mount on; every host has it.
    private static final String PLACE = "/proc";

    private final Trials trials;
    private final ProgramBuilder program;

    MountTrials(Trials trials) {
        this.trials = trials;
        this.program = trials.program();
    }

    void all() {
        // Its child is the first process of the namespace, and may mount a proc that shows it.
        trials.child(ProbedFeature.PID_NAMESPACE, CloneFlags.CLONE_NEWPID, 0, () -> plain(ProbedFeature.PROC));
        trials.gate(ProbedFeature.FSOPEN, () -> context("tmpfs"), context -> {
            plain(ProbedFeature.SYSFS);
            plain(ProbedFeature.MQUEUE);
            plain(ProbedFeature.CGROUP2);
            trials.gate(ProbedFeature.DEVPTS, () -> mount(context("devpts"), "ptmxmode", "0666"), this::terminal);
            trials.gate(
                    ProbedFeature.TMPFS,
                    () -> mount(context, "mode", "755"),
                    tmpfs -> trials.gate(ProbedFeature.MOUNT_SETATTR, this::keepToItself, nothing -> attached(tmpfs)));
        });
    }

    /** What the root of a container makes, as the first process of its namespaces. */
    Arg ofContainers() {
        mount(context("proc"));
        return mount(context("sysfs"));
    }

    private void plain(ProbedFeature feature) {
        trials.attempt(feature, () -> mount(context(feature.title())));
    }

    private Arg context(String type) {
        return trials.step(
                        "prepare a new " + type,
                        Syscall.FSOPEN,
                        program.string(type),
                        Arg.of(MountFlags.FSOPEN_CLOEXEC, "FSOPEN_CLOEXEC"))
                .result();
    }

    /** Creates the file system with options, given as keys and values; an empty value for one without. */
    private Arg mount(Arg context, String... options) {
        for (int i = 0; i < options.length; i += 2) {
            boolean flag = options[i + 1].isEmpty();
            trials.step(
                    "set " + options[i],
                    Syscall.FSCONFIG,
                    context,
                    flag ? MountFlags.FSCONFIG_SET_FLAG : MountFlags.FSCONFIG_SET_STRING,
                    program.string(options[i]),
                    flag ? Arg.of(0) : program.string(options[i + 1]),
                    0);
        }
        trials.step("create it", Syscall.FSCONFIG, context, MountFlags.FSCONFIG_CMD_CREATE, 0, 0, 0);
        return trials.step("mount it", Syscall.FSMOUNT, context, MountFlags.FSMOUNT_CLOEXEC, 0)
                .result();
    }

    private void terminal(Arg pts) {
        trials.attempt(ProbedFeature.TIOCGPTPEER, () -> {
            int flags = Open.O_RDWR | Open.O_NOCTTY | Open.O_CLOEXEC;
            Arg master = trials.step("open ptmx", Syscall.OPENAT, pts, program.string("ptmx"), flags, 0)
                    .result();
            Arg zero = program.space(8, "[0]");
            trials.step("unlock it", Syscall.IOCTL, master, Arg.of(TIOCSPTLCK, "TIOCSPTLCK"), zero);
            return trials.step("open its peer", Syscall.IOCTL, master, Arg.of(TIOCGPTPEER, "TIOCGPTPEER"), flags);
        });
    }

    private ProgramBuilder.Added keepToItself() {
        return trials.step(
                "keep mounts to itself",
                Syscall.MOUNT_SETATTR,
                Arg.of(Open.AT_FDCWD, "AT_FDCWD"),
                program.string("/"),
                Arg.of(MountFlags.AT_RECURSIVE, "AT_RECURSIVE"),
                program.words("{propagation=MS_PRIVATE}", 0, 0, MountFlags.MS_PRIVATE, 0),
                STRUCT_MOUNT_ATTR);
    }

    private void attached(Arg tmpfs) {
        trials.gate(
                ProbedFeature.MOVE_MOUNT,
                () -> trials.step(
                        "attach the tmpfs",
                        Syscall.MOVE_MOUNT,
                        tmpfs,
                        program.string(""),
                        Arg.of(Open.AT_FDCWD, "AT_FDCWD"),
                        program.string(PLACE),
                        Arg.of(MountFlags.MOVE_MOUNT_F_EMPTY_PATH, "MOVE_MOUNT_F_EMPTY_PATH")),
                nothing -> {
                    overlay(ProbedFeature.OVERLAY, tmpfs, "1");
                    overlay(ProbedFeature.OVERLAY_USERXATTR, tmpfs, "2", "userxattr", "");
                    trials.gate(ProbedFeature.OPEN_TREE, () -> copy(tmpfs), copy -> idmap(copy));
                });
    }

    private void overlay(ProbedFeature feature, Arg tmpfs, String suffix, String... more) {
        trials.attempt(feature, () -> {
            List<String> options = new ArrayList<>();
            for (String layer : List.of("lower", "upper", "work")) {
                trials.step("make a layer", Syscall.MKDIRAT, tmpfs, program.string(layer + suffix), 0755);
                options.addAll(List.of(layer + "dir", PLACE + "/" + layer + suffix));
            }
            options.addAll(List.of(more));
            return mount(context("overlay"), options.toArray(String[]::new));
        });
    }

    private Arg copy(Arg mount) {
        long flags = MountFlags.OPEN_TREE_CLONE | MountFlags.OPEN_TREE_CLOEXEC | Open.AT_EMPTY_PATH;
        return trials.step(
                        "copy the mount",
                        Syscall.OPEN_TREE,
                        mount,
                        program.string(""),
                        Arg.of(flags, "OPEN_TREE_CLONE|OPEN_TREE_CLOEXEC|AT_EMPTY_PATH"))
                .result();
    }

    private void idmap(Arg mount) {
        Arg attributes = program.words(
                "{attr_set=MOUNT_ATTR_IDMAP, userns_fd=" + NamespaceTrials.HELD + "}",
                MountFlags.MOUNT_ATTR_IDMAP,
                0,
                0,
                NamespaceTrials.HELD);
        trials.attempt(
                ProbedFeature.IDMAPPED_MOUNT,
                () -> trials.step(
                        "map its owners",
                        Syscall.MOUNT_SETATTR,
                        mount,
                        program.string(""),
                        Arg.of(Open.AT_EMPTY_PATH, "AT_EMPTY_PATH"),
                        attributes,
                        STRUCT_MOUNT_ATTR));
    }
}

package io.lxj.launch;

import io.lxj.linux.Errno;
import io.lxj.linux.SecurityModules;
import io.lxj.linux.StepFailure;
import io.lxj.linux.Syscall;
import io.lxj.linux.UserNamespaces;
import io.lxj.plan.Confinement;
import io.lxj.plan.ExecSpec;
import io.lxj.plan.LaunchSpec;
import io.lxj.plan.SecurityLabel;
import io.lxj.storage.Deputies;
import java.util.Optional;

/** What an error of a launch step means, where it is known. */
final class LaunchHints {
    private static final String UNMAPPED =
            "the container's user namespace has no such id: usually it has 0 to 65535, see Config.idMap(...); or there are"
                    + " more than 65536 groups";
    private static final String KEYS =
            "each launch takes a keyring, of which this user and the container's root have as many as allowed: see"
                    + " /proc/key-users; root can allow more in /proc/sys/kernel/keys/maxkeys";

    private LaunchHints() {}

    static String of(LaunchSpec spec, StepFailure failure) {
        Errno errno = failure.errno().orElse(null);
        if (errno == null) {
            return null;
        }
        Syscall call = failure.step().call();
        if (call == Syscall.EXECVE) {
            return exec(spec.argv().get(0), spec.confinement().label(), errno);
        }
        Optional<String> label = label(spec.confinement(), failure, errno);
        if (label.isPresent()) {
            return label.get();
        }
        if (call == Syscall.OPENAT2) {
            return mountPoint(errno);
        }
        if (call == Syscall.MOVE_MOUNT && (errno == Errno.EINVAL || errno == Errno.ENOTDIR)) {
            return "a folder can be mounted on a folder only, and a file on a file";
        }
        if (call == Syscall.CHDIR && errno == Errno.ENOENT) {
            return "the container has no folder " + spec.workingDirectory()
                    + "; choose another one with Config.workingDirectory(...)";
        }
        if (failure.step().what().equals("make a time namespace") && errno == Errno.EINVAL) {
            return "the kernel has no time namespaces (CONFIG_TIME_NS)";
        }
        if (failure.step().what().equals("set the clocks") && errno == Errno.ERANGE) {
            return "a clock of the container would be before its beginning; see Config.clockOffsets(...)";
        }
        if (failure.step().what().contains("sysctl ")) {
            return sysctl(errno);
        }
        if (call == Syscall.PRLIMIT64 && errno == Errno.EPERM) {
            return "the limit is above the one of this process, and CAP_SYS_RESOURCE is missing";
        }
        if (failure.step().what().startsWith("adjust the score")) {
            return "less than the score of this process needs CAP_SYS_RESOURCE";
        }
        if (isOutOfKeys(call, errno)) {
            return KEYS;
        }
        if (errno == Errno.EACCES && call == Syscall.CLONE3) {
            return "the cgroup.procs of a cgroup above that of the container doesn't belong to who starts it";
        }
        if (errno == Errno.ENOSPC && (call == Syscall.CLONE3 || call == Syscall.UNSHARE)) {
            return "too many namespaces: see /proc/sys/user/max_*_namespaces";
        }
        if (spec.userNamespace().isPresent() && call == Syscall.FSMOUNT && errno == Errno.EPERM) {
            return UserNamespaces.adviceOnProcAndSysfs() + "; see Host.check()"
                    + (Deputies.areNeeded() ? "" : "; or do without by Config.privileged()");
        }
        if (spec.userNamespace().isPresent() && call == Syscall.FSCONFIG && errno == Errno.EINVAL) {
            return "before Linux 5.19 an overlay has no layers that map ids; root can do without with Config.privileged()";
        }
        if (isUnmapped(call, errno)) {
            return UNMAPPED;
        }
        if (errno == Errno.EPERM
                || errno == Errno.EACCES && SecurityModules.profile().isPresent()) {
            return SecurityModules.advice() + "; see Host.check()";
        }
        return null;
    }

    static String of(ExecSpec spec, StepFailure failure) {
        Errno errno = failure.errno().orElse(null);
        if (errno == Errno.ENOENT && failure.step().call() == Syscall.CHDIR) {
            return "the container has no folder " + spec.workingDirectory();
        }
        if (errno == Errno.ESRCH && failure.step().call() == Syscall.SETNS) {
            return "the container's init has ended";
        }
        if (errno == Errno.ENODEV && failure.step().call() == Syscall.CLONE3) {
            return "the container's cgroup is gone: it is being stopped";
        }
        if (errno != null && isUnmapped(failure.step().call(), errno)) {
            return UNMAPPED;
        }
        if (errno != null && isOutOfKeys(failure.step().call(), errno)) {
            return KEYS;
        }
        return errno == null ? null : label(spec.confinement(), failure, errno).orElse(null);
    }

    private static Optional<String> label(Confinement confinement, StepFailure failure, Errno errno) {
        return confinement
                .label()
                .filter(label -> failure.step().what().equals("take " + label.name()))
                .map(label -> switch (errno) {
                    case ENOENT, EINVAL -> label.name() + " isn't known on this host: " + label.origin();
                    default -> "what confines this process itself doesn't let it take " + label.name();
                });
    }

    private static boolean isOutOfKeys(Syscall call, Errno errno) {
        return call == Syscall.KEYCTL && errno == Errno.EDQUOT;
    }

    private static boolean isUnmapped(Syscall call, Errno errno) {
        return errno == Errno.EINVAL
                && (call == Syscall.SETGROUPS || call == Syscall.SETRESGID || call == Syscall.SETRESUID);
    }

    private static String exec(String init, Optional<SecurityLabel> label, Errno errno) {
        return switch (errno) {
            case ENOENT ->
                "the image has no " + init + ", or not the interpreter that it names; choose another init with"
                        + " Config.init(...)";
            case EACCES ->
                init + " is not an executable file"
                        + label.map(it -> ", or the policy doesn't let it be executed with " + it.name()
                                        + ": the kernel's log says what is denied")
                                .orElse("");
            case ENOEXEC -> init + " is no program for this machine's architecture";
            case ELOOP -> init + " is a symbolic link that leads to itself";
            default -> null;
        };
    }

    private static String sysctl(Errno errno) {
        return switch (errno) {
            case ENOENT -> "the kernel has no such setting in the container's namespaces";
            case EINVAL -> "the kernel doesn't take that value";
            case EACCES, EPERM -> "the kernel doesn't let root of this container set it";
            default -> null;
        };
    }

    private static String mountPoint(Errno errno) {
        return switch (errno) {
            case ELOOP -> "the container's root has a symbolic link where a folder must be";
            case ENOTDIR -> "the container's root has a file where a folder must be";
            case ENOENT ->
                "the folder doesn't exist and could not be made: is the root read-only, or does a symbolic link on the way"
                        + " lead to nothing?";
            default -> null;
        };
    }
}

package io.lxj.config;

import io.lxj.error.InvalidConfigException;
import java.util.Objects;

/**
 * What becomes of a system call, see seccomp(2). An immutable value. Thread-safe.
 *
 * @param kind what is done
 * @param errno for {@link Kind#ERRNO} the error number that the call fails with, 1 to 4095; else 0
 */
public record SeccompAction(Kind kind, int errno) {
    /** The kinds of actions. */
    public enum Kind {
        /** The call is made. */
        ALLOW("SCMP_ACT_ALLOW"),
        /** The call is made, and the kernel's log tells of it. */
        LOG("SCMP_ACT_LOG"),
        /** The call isn't made, and fails with an error. */
        ERRNO("SCMP_ACT_ERRNO"),
        /** The call isn't made, and the thread gets the signal SIGSYS. */
        TRAP("SCMP_ACT_TRAP"),
        /** The thread is killed. */
        KILL_THREAD("SCMP_ACT_KILL_THREAD"),
        /** The process is killed. */
        KILL_PROCESS("SCMP_ACT_KILL_PROCESS");

        private final String oci;

        Kind(String oci) {
            this.oci = oci;
        }

        /** The name in JSON. */
        String oci() {
            return oci;
        }
    }

    /** EPERM, "Operation not permitted". */
    public static final int EPERM = 1;
    /** ENOSYS, "Function not implemented": programs then do without a call that is newer than they expect. */
    public static final int ENOSYS = 38;
    /** EAFNOSUPPORT, "Address family not supported by protocol". */
    public static final int EAFNOSUPPORT = 97;

    /** The call is made. */
    public static final SeccompAction ALLOW = new SeccompAction(Kind.ALLOW, 0);
    /** The call is made, and the kernel's log tells of it. */
    public static final SeccompAction LOG = new SeccompAction(Kind.LOG, 0);
    /** The call isn't made, and the thread gets the signal SIGSYS. */
    public static final SeccompAction TRAP = new SeccompAction(Kind.TRAP, 0);
    /** The thread is killed. */
    public static final SeccompAction KILL_THREAD = new SeccompAction(Kind.KILL_THREAD, 0);
    /** The process is killed. */
    public static final SeccompAction KILL_PROCESS = new SeccompAction(Kind.KILL_PROCESS, 0);

    private static final int HIGHEST_ERRNO = 4095;

    /**
     * Checks the number.
     *
     * @param kind see {@link #kind()}
     * @param errno see {@link #errno()}
     * @throws InvalidConfigException if there is no such error number, or one that the kind doesn't have
     */
    public SeccompAction {
        Objects.requireNonNull(kind, "kind");
        if (kind == Kind.ERRNO && (errno < 1 || errno > HIGHEST_ERRNO)) {
            throw new InvalidConfigException("seccomp.errnoRet", errno, "an error number from 1 to " + HIGHEST_ERRNO);
        }
        if (kind != Kind.ERRNO && errno != 0) {
            throw new InvalidConfigException("seccomp.errnoRet", errno, "0, as " + kind + " gives no error");
        }
    }

    /**
     * The call isn't made, and fails.
     *
     * @param errno the error number, 1 to 4095, for example {@link #EPERM}
     * @return the action
     * @throws InvalidConfigException if there is no such error number
     */
    public static SeccompAction errno(int errno) {
        return new SeccompAction(Kind.ERRNO, errno);
    }

    /**
     * Whether the call is made.
     *
     * @return true for {@link #ALLOW} and {@link #LOG}
     */
    public boolean allows() {
        return kind == Kind.ALLOW || kind == Kind.LOG;
    }

    /** {@return the action in words, for example {@code errno 1}} */
    @Override
    public String toString() {
        return kind == Kind.ERRNO ? "errno " + errno : Enums.text(kind).replace('-', ' ');
    }
}

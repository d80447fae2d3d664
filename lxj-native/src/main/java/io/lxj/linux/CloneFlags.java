package io.lxj.linux;

/** Flags of clone3(2), unshare(2) and setns(2), under their own names. */
public final class CloneFlags {
    /** Parent and child share the table of their fds. */
    public static final long CLONE_FILES = 0x400;
    /** Time namespace, for the children to come. */
    public static final long CLONE_NEWTIME = 0x80;
    /** Gives the parent a pidfd. */
    public static final long CLONE_PIDFD = 0x1000;
    /** The child's parent is the caller's parent. */
    public static final long CLONE_PARENT = 0x8000;
    /** Stores the child's thread id in the parent's memory. */
    public static final long CLONE_PARENT_SETTID = 0x100000;
    /** Puts the child into a cgroup from the beginning. */
    public static final long CLONE_INTO_CGROUP = 0x200000000L;
    /** Mount namespace. */
    public static final long CLONE_NEWNS = 0x20000;
    /** cgroup namespace. */
    public static final long CLONE_NEWCGROUP = 0x2000000;
    /** UTS namespace: host name and domain name. */
    public static final long CLONE_NEWUTS = 0x4000000;
    /** IPC namespace. */
    public static final long CLONE_NEWIPC = 0x8000000;
    /** User namespace. */
    public static final long CLONE_NEWUSER = 0x10000000;
    /** PID namespace. */
    public static final long CLONE_NEWPID = 0x20000000;
    /** Network namespace. */
    public static final long CLONE_NEWNET = 0x40000000;

    private CloneFlags() {}
}

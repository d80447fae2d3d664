package io.lxj.config;

import io.lxj.error.InvalidConfigException;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * A part of root's privileges, see capabilities(7): the constants are named as there, without the prefix, and stand in
 * the order of their numbers. Immutable and thread-safe.
 */
public enum Capability {
    /** Change the owner of any file. */
    CHOWN,
    /** Read, write and execute any file. */
    DAC_OVERRIDE,
    /** Read any file, search any folder, open files by handle. */
    DAC_READ_SEARCH,
    /** Do what is the right of a file's owner. */
    FOWNER,
    /** Keep set-user-id bits of files that are changed. */
    FSETID,
    /** Send signals to any process. */
    KILL,
    /** Become any group. */
    SETGID,
    /** Become any user. */
    SETUID,
    /** Change capabilities. */
    SETPCAP,
    /** Change immutable and append-only files. */
    LINUX_IMMUTABLE,
    /** Listen on ports below 1024. */
    NET_BIND_SERVICE,
    /** Send broadcasts. */
    NET_BROADCAST,
    /** Configure the network. */
    NET_ADMIN,
    /** Use raw sockets. */
    NET_RAW,
    /** Lock memory. */
    IPC_LOCK,
    /** Use any System V IPC object. */
    IPC_OWNER,
    /** Load kernel modules. */
    SYS_MODULE,
    /** Use I/O ports and raw memory. */
    SYS_RAWIO,
    /** Change the root directory. */
    SYS_CHROOT,
    /** Trace any process. */
    SYS_PTRACE,
    /** Configure process accounting. */
    SYS_PACCT,
    /** Mount file systems, and much else. */
    SYS_ADMIN,
    /** Reboot; in a PID namespace this ends its init. */
    SYS_BOOT,
    /** Raise priorities. */
    SYS_NICE,
    /** Raise resource limits. */
    SYS_RESOURCE,
    /** Set the clock. */
    SYS_TIME,
    /** Configure terminals. */
    SYS_TTY_CONFIG,
    /** Make device nodes. */
    MKNOD,
    /** Hold leases on any file. */
    LEASE,
    /** Write to the audit log. */
    AUDIT_WRITE,
    /** Configure the audit system. */
    AUDIT_CONTROL,
    /** Set capabilities of files. */
    SETFCAP,
    /** Override mandatory access control. */
    MAC_OVERRIDE,
    /** Configure mandatory access control. */
    MAC_ADMIN,
    /** Read and clear the kernel's log. */
    SYSLOG,
    /** Wake the machine up. */
    WAKE_ALARM,
    /** Keep the machine from suspending. */
    BLOCK_SUSPEND,
    /** Read the audit log. */
    AUDIT_READ,
    /** Measure performance. */
    PERFMON,
    /** Load BPF programs. */
    BPF,
    /** Checkpoint and restore processes. */
    CHECKPOINT_RESTORE;

    private static final String PREFIX = "CAP_";

    /**
     * The capability of a name.
     *
     * @param name for example {@code CAP_NET_RAW}, {@code NET_RAW} or {@code net_raw}
     * @return the capability
     * @throws InvalidConfigException if there is none of that name
     */
    public static Capability parse(String name) {
        String upper = name.toUpperCase(Locale.ROOT);
        String bare = upper.startsWith(PREFIX) ? upper.substring(PREFIX.length()) : upper;
        for (Capability capability : values()) {
            if (capability.name().equals(bare)) {
                return capability;
            }
        }
        throw new InvalidConfigException(
                "capability",
                name,
                "one of " + Arrays.stream(values()).map(Capability::toString).collect(Collectors.joining(", ")));
    }

    /**
     * The number that the kernel knows it by.
     *
     * @return the number of its bit
     */
    public int number() {
        return ordinal();
    }

    /** {@return the name as in the manual, for example {@code CAP_NET_RAW}} */
    @Override
    public String toString() {
        return PREFIX + name();
    }
}

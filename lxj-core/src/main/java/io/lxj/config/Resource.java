package io.lxj.config;

import io.lxj.error.InvalidConfigException;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * What a process can be limited in, see getrlimit(2): the constants are named as there, without the prefix {@code
 * RLIMIT_}, and stand in the order of their numbers. Immutable and thread-safe.
 */
public enum Resource {
    /** Processor time, in seconds. */
    CPU,
    /** Size of files, in bytes. */
    FSIZE,
    /** Size of the data segment, in bytes. */
    DATA,
    /** Size of the stack, in bytes. */
    STACK,
    /** Size of core files, in bytes. */
    CORE,
    /** Resident memory, in bytes; without effect since Linux 2.4.30. */
    RSS,
    /** Number of processes of the user. */
    NPROC,
    /** Number of open files. */
    NOFILE,
    /** Locked memory, in bytes. */
    MEMLOCK,
    /** Size of the address space, in bytes. */
    AS,
    /** Number of file locks; without effect since Linux 2.4.25. */
    LOCKS,
    /** Number of signals that wait for the user's processes. */
    SIGPENDING,
    /** Memory for POSIX message queues of the user, in bytes. */
    MSGQUEUE,
    /** Highest nice value, as 20 minus that value. */
    NICE,
    /** Highest real-time priority. */
    RTPRIO,
    /** Real-time processor time without a blocking call, in microseconds. */
    RTTIME;

    private static final String PREFIX = "RLIMIT_";

    /**
     * The resource of a name.
     *
     * @param name for example {@code RLIMIT_NOFILE}, {@code NOFILE} or {@code nofile}
     * @return the resource
     * @throws InvalidConfigException if there is none of that name
     */
    public static Resource parse(String name) {
        String upper = name.toUpperCase(Locale.ROOT);
        String bare = upper.startsWith(PREFIX) ? upper.substring(PREFIX.length()) : upper;
        for (Resource resource : values()) {
            if (resource.name().equals(bare)) {
                return resource;
            }
        }
        throw new InvalidConfigException(
                "processes.limits",
                name,
                "one of " + Arrays.stream(values()).map(Resource::toString).collect(Collectors.joining(", ")));
    }

    /**
     * The number that the kernel knows it by.
     *
     * @return the number
     */
    public int number() {
        return ordinal();
    }

    /** {@return the name as in the manual, for example {@code RLIMIT_NOFILE}} */
    @Override
    public String toString() {
        return PREFIX + name();
    }
}

package io.lxj.linux;

import java.util.Optional;

/**
 * What becomes of a system call, as a filter returns it to the kernel, see seccomp(2). Immutable and thread-safe.
 *
 * @param value a SECCOMP_RET_ constant, with data in the lower 16 bits
 */
public record SeccompVerdict(int value) {
    private static final int ERRNO = 0x00050000;
    private static final int ACTION = 0xFFFF0000;

    /** The call is made. */
    public static final SeccompVerdict ALLOW = new SeccompVerdict(0x7FFF0000);
    /** The call is made, and the kernel's log says so. */
    public static final SeccompVerdict LOG = new SeccompVerdict(0x7FFC0000);
    /** The thread gets SIGSYS instead. */
    public static final SeccompVerdict TRAP = new SeccompVerdict(0x00030000);
    /** The thread is killed. */
    public static final SeccompVerdict KILL_THREAD = new SeccompVerdict(0);
    /** The process is killed. */
    public static final SeccompVerdict KILL_PROCESS = new SeccompVerdict(0x80000000);

    /**
     * The call fails.
     *
     * @param number the error number, 0 to 4095; with 0 it seems to succeed
     * @return the verdict
     */
    public static SeccompVerdict errno(int number) {
        if (number < 0 || number > 4095) {
            throw new IllegalArgumentException("no error number: " + number);
        }
        return new SeccompVerdict(ERRNO | number);
    }

    /**
     * Whether the call is made.
     *
     * @return true for {@link #ALLOW} and {@link #LOG}
     */
    public boolean allows() {
        return value == ALLOW.value || value == LOG.value;
    }

    /** The verdict as in a listing, for example {@code errno EPERM}. */
    @Override
    public String toString() {
        if ((value & ACTION) == ERRNO) {
            int number = value & ~ACTION;
            Optional<Errno> errno = Errno.of(number);
            return "errno " + (errno.isPresent() ? errno.get().name() : Integer.toString(number));
        }
        return switch (value) {
            case 0x7FFF0000 -> "allow";
            case 0x7FFC0000 -> "log";
            case 0x00030000 -> "trap";
            case 0 -> "kill thread";
            case 0x80000000 -> "kill process";
            default -> "0x" + Integer.toHexString(value);
        };
    }
}

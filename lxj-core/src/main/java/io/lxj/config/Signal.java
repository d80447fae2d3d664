package io.lxj.config;

import io.lxj.error.InvalidConfigException;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A signal of Linux, see signal(7). Immutable and thread-safe.
 *
 * <p>The numbers are those of x86-64 and aarch64, which are the same. {@code SIGRTMIN} is 34, as with glibc: that is
 * what systemd means by it. The text form is a name with or without {@code SIG}, a name relative to {@code SIGRTMIN} or
 * {@code SIGRTMAX} such as {@code SIGRTMIN+3}, or a number.
 *
 * @param number the number, 1 to 64
 */
public record Signal(int number) {
    private static final List<String> NAMES = List.of(
            "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2", "PIPE", "ALRM",
            "TERM", "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG", "XCPU", "XFSZ", "VTALRM", "PROF",
            "WINCH", "IO", "PWR", "SYS");
    private static final Pattern REAL_TIME = Pattern.compile("RTM(IN|AX)(?:([+-])([0-9]{1,2}))?");
    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,2}");
    private static final int REAL_TIME_FIRST = 34;
    private static final int LAST = 64;
    private static final String RULE = "a signal name such as SIGTERM, SIGRTMIN+n or SIGRTMAX-n with n from 0 to "
            + (LAST - REAL_TIME_FIRST) + ", or a number from 1 to " + LAST;

    /** The terminal is gone; what an init ends by when it asks for a reboot. */
    public static final Signal SIGHUP = new Signal(1);

    /** Interrupt; what an init ends by when it asks for a halt. */
    public static final Signal SIGINT = new Signal(2);

    /** Quit. */
    public static final Signal SIGQUIT = new Signal(3);

    /** Kill, which can't be caught. */
    public static final Signal SIGKILL = new Signal(9);

    /** The first signal of a program's own; busybox init halts on it. */
    public static final Signal SIGUSR1 = new Signal(10);

    /** The second signal of a program's own; busybox init powers off on it. */
    public static final Signal SIGUSR2 = new Signal(12);

    /** Terminate. */
    public static final Signal SIGTERM = new Signal(15);

    /** Continue after SIGSTOP. */
    public static final Signal SIGCONT = new Signal(18);

    /** Stop, which can't be caught. */
    public static final Signal SIGSTOP = new Signal(19);

    /** The window size has changed. */
    public static final Signal SIGWINCH = new Signal(28);

    /** The power fails; sysvinit halts on it. */
    public static final Signal SIGPWR = new Signal(30);

    /**
     * Checks the number.
     *
     * @param number see {@link #number()}
     * @throws InvalidConfigException if there is no signal of this number
     */
    public Signal {
        if (number < 1 || number > LAST) {
            throw new InvalidConfigException("signal", number, RULE);
        }
    }

    /**
     * The signal of a number.
     *
     * @param number its number, 1 to 64
     * @return the signal
     * @throws InvalidConfigException if there is none
     */
    public static Signal of(int number) {
        return new Signal(number);
    }

    /**
     * A real-time signal: {@code SIGRTMIN+offset}.
     *
     * @param offset how far from SIGRTMIN, 0 to 30
     * @return the signal
     * @throws InvalidConfigException if there is none
     */
    public static Signal realTime(int offset) {
        return realTime(offset, "SIGRTMIN+" + offset);
    }

    private static Signal realTime(int offset, String text) {
        if (offset < 0 || offset > LAST - REAL_TIME_FIRST) {
            throw new InvalidConfigException("signal", text, RULE);
        }
        return new Signal(REAL_TIME_FIRST + offset);
    }

    /**
     * The signal that a text stands for.
     *
     * @param text a signal as described above, upper or lower case
     * @return the signal
     * @throws InvalidConfigException if there is none
     */
    public static Signal parse(String text) {
        Objects.requireNonNull(text, "text");
        String upper = text.toUpperCase(Locale.ROOT);
        String name = upper.startsWith("SIG") ? upper.substring("SIG".length()) : upper;
        if (NAMES.contains(name)) {
            return new Signal(NAMES.indexOf(name) + 1);
        }
        Matcher realTime = REAL_TIME.matcher(name);
        if (realTime.matches()) {
            return realTime(offset(realTime), text);
        }
        if (!NUMBER.matcher(name).matches()) {
            throw new InvalidConfigException("signal", text, RULE);
        }
        return new Signal(Integer.parseInt(name));
    }

    private static int offset(Matcher realTime) {
        int base = realTime.group(1).equals("IN") ? 0 : LAST - REAL_TIME_FIRST;
        if (realTime.group(2) == null) {
            return base;
        }
        int distance = Integer.parseInt(realTime.group(3));
        return realTime.group(2).equals("+") ? base + distance : base - distance;
    }

    /**
     * The name of the signal.
     *
     * @return for example {@code SIGTERM} or {@code SIGRTMIN+3}; the two real-time signals that the C library keeps to
     *     itself have no name and are {@code SIG32} and {@code SIG33}
     */
    public String name() {
        if (number <= NAMES.size()) {
            return "SIG" + NAMES.get(number - 1);
        }
        return number < REAL_TIME_FIRST ? "SIG" + number : "SIGRTMIN+" + (number - REAL_TIME_FIRST);
    }

    /** {@return the name of the signal} */
    @Override
    public String toString() {
        return name();
    }
}

package io.lxj.linux;

import java.util.List;
import java.util.Locale;

/**
 * A signal, see signal(7). The numbers are the same on every architecture that lxj runs on. Real-time signals count
 * from 34, as every C library has it: it keeps the kernel's first two to itself. Immutable and thread-safe.
 *
 * @param number 1 to 64
 */
public record Signal(int number) {
    private static final List<String> NAMES = List.of(
            "",
            "SIGHUP",
            "SIGINT",
            "SIGQUIT",
            "SIGILL",
            "SIGTRAP",
            "SIGABRT",
            "SIGBUS",
            "SIGFPE",
            "SIGKILL",
            "SIGUSR1",
            "SIGSEGV",
            "SIGUSR2",
            "SIGPIPE",
            "SIGALRM",
            "SIGTERM",
            "SIGSTKFLT",
            "SIGCHLD",
            "SIGCONT",
            "SIGSTOP",
            "SIGTSTP",
            "SIGTTIN",
            "SIGTTOU",
            "SIGURG",
            "SIGXCPU",
            "SIGXFSZ",
            "SIGVTALRM",
            "SIGPROF",
            "SIGWINCH",
            "SIGIO",
            "SIGPWR",
            "SIGSYS");
    private static final int MIN = 34;
    private static final int MAX = 64;

    /** The terminal is gone; by custom: read the configuration again. */
    public static final Signal SIGHUP = new Signal(1);
    /** Interrupt from the keyboard. */
    public static final Signal SIGINT = new Signal(2);
    /** Quit from the keyboard. */
    public static final Signal SIGQUIT = new Signal(3);
    /** Abort. */
    public static final Signal SIGABRT = new Signal(6);
    /** Kill; can't be caught. */
    public static final Signal SIGKILL = new Signal(9);
    /** For the program's own use. */
    public static final Signal SIGUSR1 = new Signal(10);
    /** For the program's own use. */
    public static final Signal SIGUSR2 = new Signal(12);
    /** Nobody reads the pipe. */
    public static final Signal SIGPIPE = new Signal(13);
    /** Please end. */
    public static final Signal SIGTERM = new Signal(15);
    /** A child has stopped or ended. */
    public static final Signal SIGCHLD = new Signal(17);
    /** Go on. */
    public static final Signal SIGCONT = new Signal(18);
    /** Stop; can't be caught. */
    public static final Signal SIGSTOP = new Signal(19);
    /** The terminal's size has changed. */
    public static final Signal SIGWINCH = new Signal(28);
    /** The power fails. */
    public static final Signal SIGPWR = new Signal(30);
    /** A system call that isn't allowed. */
    public static final Signal SIGSYS = new Signal(31);

    /**
     * Checks the number.
     *
     * @param number 1 to 64
     * @throws IllegalArgumentException if it isn't 1 to 64
     */
    public Signal {
        if (number < 1 || number > MAX) {
            throw new IllegalArgumentException("a signal has a number from 1 to 64, not " + number);
        }
    }

    /**
     * A real-time signal.
     *
     * @param offset from SIGRTMIN, 0 to 30
     * @return the signal
     */
    public static Signal realTime(int offset) {
        if (offset < 0 || offset > MAX - MIN) {
            throw new IllegalArgumentException("real-time signals are SIGRTMIN+0 to SIGRTMIN+30, not +" + offset);
        }
        return new Signal(MIN + offset);
    }

    /**
     * Reads a name such as {@code SIGTERM}, {@code term}, {@code SIGRTMIN+3}, {@code RTMAX-1}, or a number.
     *
     * @param text the name; case doesn't matter
     * @return the signal
     * @throws IllegalArgumentException if there is no such signal
     */
    public static Signal parse(String text) {
        String name = text.strip().toUpperCase(Locale.ROOT);
        if (name.matches("[0-9]{1,2}")) {
            return new Signal(Integer.parseInt(name));
        }
        String full = name.startsWith("SIG") ? name : "SIG" + name;
        if (full.matches("SIGRTMIN(\\+[0-9]{1,2})?")) {
            return realTime(full.length() == 8 ? 0 : Integer.parseInt(full.substring(9)));
        }
        if (full.matches("SIGRTMAX(-[0-9]{1,2})?")) {
            return realTime(MAX - MIN - (full.length() == 8 ? 0 : Integer.parseInt(full.substring(9))));
        }
        int number = NAMES.indexOf(full);
        if (number < 1) {
            throw new IllegalArgumentException("no signal is called \"" + text
                    + "\"; known are numbers from 1 to 64, SIGRTMIN+0 to SIGRTMIN+30, and "
                    + String.join(" ", NAMES.subList(1, NAMES.size())));
        }
        return new Signal(number);
    }

    /**
     * The name.
     *
     * @return for example {@code SIGTERM} or {@code SIGRTMIN+3}
     */
    public String name() {
        if (number < NAMES.size()) {
            return NAMES.get(number);
        }
        // 32 and 33 are used by the C library for its threads and have no name.
        return number < MIN ? "signal " + number : number == MIN ? "SIGRTMIN" : "SIGRTMIN+" + (number - MIN);
    }

    @Override
    public String toString() {
        return name();
    }
}

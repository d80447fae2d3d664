package io.lxj.plan;

import io.lxj.linux.Arg;
import io.lxj.linux.Open;
import io.lxj.linux.ProgramBuilder;
import io.lxj.linux.Syscall;

/**
 * The console: a PTY of the container's own devpts, so that its name means something inside. The slave is reached by
 * TIOCGPTPEER from the master and bound by fd; no path in the container is trusted for it (CVE-2025-52565).
 */
final class ConsoleSteps {
    private static final long TIOCSPTLCK = 0x40045431L;
    private static final long TIOCGPTPEER = 0x5441;

    private final ProgramBuilder program;
    private final FileSystemSteps steps;

    ConsoleSteps(ProgramBuilder program, FileSystemSteps steps) {
        this.program = program;
        this.steps = steps;
    }

    /** Makes the PTY, shows its slave as /dev/console, and puts it on 0, 1 and 2. */
    void bind(Arg dev, Arg pts) {
        int flags = Open.O_RDWR | Open.O_NOCTTY | Open.O_CLOEXEC;
        Arg master = program.step(
                        "open a terminal for the console",
                        Syscall.OPENAT,
                        pts,
                        program.string("ptmx"),
                        Arg.of(flags, "O_RDWR|O_NOCTTY|O_CLOEXEC"),
                        0)
                .result();
        program.step(
                "unlock the console", Syscall.IOCTL, master, Arg.of(TIOCSPTLCK, "TIOCSPTLCK"), program.words("[0]", 0));
        Arg slave = program.step(
                        "open the console's other end",
                        Syscall.IOCTL,
                        master,
                        Arg.of(TIOCGPTPEER, "TIOCGPTPEER"),
                        Arg.of(flags, "O_RDWR|O_NOCTTY|O_CLOEXEC"))
                .result();
        Arg bind = steps.copy("take the console", slave, "");
        steps.place("mount /dev/console", bind, dev, "console");
        for (int i = 0; i < 3; i++) {
            program.step("put the console on " + i, Syscall.DUP3, slave, i, 0);
        }
        program.step(
                "put the master where the message names it",
                Syscall.DUP3,
                master,
                FdMessage.MASTER_NUMBER,
                Open.O_CLOEXEC);
    }

    /** Sets the window size of the terminal that is on fd 0. */
    void size(int rows, int columns) {
        long tiocswinsz = 0x5414;
        Arg winsize = program.words("{" + rows + " rows, " + columns + " columns}", rows | ((long) columns << 16));
        program.step("set the console's size", Syscall.IOCTL, 0, Arg.of(tiocswinsz, "TIOCSWINSZ"), winsize);
    }
}

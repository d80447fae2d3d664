package io.lxj.plan;

import io.lxj.linux.Arg;
import io.lxj.linux.Open;
import io.lxj.linux.ProgramBuilder;
import io.lxj.linux.Syscall;
import io.lxj.plan.LaunchSpec.Terminals;

/**
 * The console: a PTY of the container's own devpts, so that its name means something inside. The slave is reached by
 * TIOCGPTPEER from the master and bound by fd; no path in the container is trusted for it (CVE-2025-52565). Other
 * terminals are made likewise, but for the binding: an init opens them by their names in devpts.
 */
final class ConsoleSteps {
    private static final long TIOCSPTLCK = 0x40045431L;
    private static final long TIOCGPTPEER = 0x5441;
    private static final long TIOCSWINSZ = 0x5414;
    private static final int FLAGS = Open.O_RDWR | Open.O_NOCTTY | Open.O_CLOEXEC;
    private static final String FLAG_NAMES = "O_RDWR|O_NOCTTY|O_CLOEXEC";

    private final ProgramBuilder program;
    private final FileSystemSteps steps;

    ConsoleSteps(ProgramBuilder program, FileSystemSteps steps) {
        this.program = program;
        this.steps = steps;
    }

    /** Makes the PTY, shows its slave as /dev/console, and puts it on 0, 1 and 2. */
    void bind(Arg dev, Arg pts, Terminals terminals) {
        Arg master = open("the console", pts);
        Arg slave = program.step(
                        "open the console's other end",
                        Syscall.IOCTL,
                        master,
                        Arg.of(TIOCGPTPEER, "TIOCGPTPEER"),
                        Arg.of(FLAGS, FLAG_NAMES))
                .result();
        Arg bind = steps.copy("take the console", slave, "");
        steps.place("mount /dev/console", bind, dev, "console");
        for (int i = 0; i < 3; i++) {
            program.step("put the console on " + i, Syscall.DUP3, slave, i, 0);
        }
        Arg size = size(terminals);
        program.step("set the console's size", Syscall.IOCTL, master, Arg.of(TIOCSWINSZ, "TIOCSWINSZ"), size);
        name("the console", master, FdMessage.MASTER_NUMBER);
        // A devpts numbers from 0 on, and the console was first.
        for (int i = 0; i < terminals.ttys(); i++) {
            String tty = "pts/" + (i + 1);
            Arg other = open(tty, pts);
            program.step("set the size of " + tty, Syscall.IOCTL, other, Arg.of(TIOCSWINSZ, "TIOCSWINSZ"), size);
            name(tty, other, FdMessage.ttyNumber(i));
        }
    }

    private Arg size(Terminals terminals) {
        String rendered = "{" + terminals.rows() + " rows, " + terminals.columns() + " columns}";
        return program.words(rendered, terminals.rows() | ((long) terminals.columns() << 16));
    }

    private Arg open(String what, Arg pts) {
        Arg master = program.step(
                        "open a terminal for " + what,
                        Syscall.OPENAT,
                        pts,
                        program.string("ptmx"),
                        Arg.of(FLAGS, FLAG_NAMES),
                        0)
                .result();
        Arg unlocked = program.words("[0]", 0);
        program.step("unlock " + what, Syscall.IOCTL, master, Arg.of(TIOCSPTLCK, "TIOCSPTLCK"), unlocked);
        return master;
    }

    private void name(String what, Arg master, int number) {
        program.step("put " + what + " where the message names it", Syscall.DUP3, master, number, Open.O_CLOEXEC);
    }
}

package io.lxj.supervise;

import io.lxj.linux.Block;
import io.lxj.linux.Fd;
import io.lxj.linux.LinuxException;
import io.lxj.linux.Open;
import io.lxj.linux.Scratch;
import io.lxj.linux.Syscall;
import java.io.IOException;
import java.nio.file.Path;

/** A PTY of the host's devpts; whoever takes the two fds owns them. */
record TestPty(Fd master, Fd slave, Path path) {
    private static final long TIOCSPTLCK = 0x40045431L;
    private static final long TIOCGPTN = 0x80045430L;
    private static final long TIOCGPTPEER = 0x5441;

    static TestPty open() throws LinuxException {
        Fd master = Fd.open(Path.of("/dev/ptmx"), Open.O_RDWR | Open.O_NOCTTY, 0);
        try (Scratch scratch = Scratch.open()) {
            Block number = scratch.zeroed(4);
            check(master.call(Syscall.IOCTL, TIOCSPTLCK, number.address()), "TIOCSPTLCK");
            check(master.call(Syscall.IOCTL, TIOCGPTN, number.address()), "TIOCGPTN");
            Fd slave = new Fd((int) check(
                    master.call(Syscall.IOCTL, TIOCGPTPEER, Open.O_RDWR | Open.O_NOCTTY | Open.O_CLOEXEC),
                    "TIOCGPTPEER"));
            return new TestPty(
                    master, slave, Path.of("/dev/pts/" + number.buffer().getInt(0)));
        }
    }

    private static long check(long result, String request) throws LinuxException {
        if (result < 0) {
            throw LinuxException.of(result, "ioctl", "master", request);
        }
        return result;
    }

    /** Starts a shell whose terminal, for input and output, is the slave; it waits for {@link #go}. */
    Process shell(String script, String... arguments) throws IOException {
        String[] command = new String[4 + arguments.length];
        command[0] = "sh";
        command[1] = "-c";
        // Opened by the shell: this JVM must not get it as its controlling terminal.
        command[2] = "read go; exec <>" + path + " >&0 2>&0; " + script;
        command[3] = "sh";
        System.arraycopy(arguments, 0, command, 4, arguments.length);
        return new ProcessBuilder(command).start();
    }

    /** Lets the shell run its script: by now there is a pidfd of it. */
    static void go(Process shell) throws IOException {
        shell.getOutputStream().write('\n');
        shell.getOutputStream().close();
    }
}

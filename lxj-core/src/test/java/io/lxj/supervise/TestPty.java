package io.lxj.supervise;

import io.lxj.linux.Fd;
import io.lxj.linux.Pty;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A PTY of the host's devpts; whoever takes the master owns it. */
record TestPty(Fd master, Path path) {
    static TestPty open() throws IOException {
        Fd master = Pty.open().master();
        try (Fd slave = Pty.peer(master)) {
            return new TestPty(master, Files.readSymbolicLink(Path.of("/proc/self/fd/" + slave.number())));
        }
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

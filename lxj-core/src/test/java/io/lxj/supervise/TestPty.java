package io.lxj.supervise;

import io.lxj.linux.Fd;
import io.lxj.linux.Pty;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A PTY of the host's devpts; whoever takes the master owns it. */
record TestPty(Fd master, Path path) {
    static TestPty open() throws IOException {
        Fd master = Pty.open().master();
        try (Fd slave = Pty.peer(master)) {
            return new TestPty(master, Files.readSymbolicLink(Path.of("/proc/self/fd/" + slave.number())));
        }
    }

    /** Starts a shell, in a session of its own, whose terminal is the slave; it waits for {@link #go}. */
    Process shell(String script, String... arguments) throws IOException {
        // Opened by the shell: this JVM must not get it as its controlling terminal.
        String start = "read go; exec setsid -c sh -c \"$0\" sh \"$@\" <>" + path + " >&0 2>&0";
        List<String> command = new ArrayList<>(List.of("sh", "-c", start, script));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command).start();
    }

    /** Lets the shell run its script: by now there is a pidfd of it. */
    static void go(Process shell) throws IOException {
        shell.getOutputStream().write('\n');
        shell.getOutputStream().close();
    }
}

package io.lxj.linux;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Runs shell commands as children of this JVM that nobody else waits for. */
final class Shell implements AutoCloseable {
    private final Pidfd pidfd;
    private final int pid;
    private boolean reaped;

    private Shell(int pid) throws LinuxException {
        this.pid = pid;
        this.pidfd = Pidfd.open(pid);
    }

    /** Starts {@code sh -c script} with some descriptors of ours as its own 3, 4, ... in the order of the list. */
    static Shell start(String script, Fd... fds) throws LinuxException {
        Map<String, Fd> given = new LinkedHashMap<>();
        for (int i = 0; i < fds.length; i++) {
            given.put("fd" + i, fds[i]);
        }
        ProgramBuilder p = SyscallProgram.builder(given.keySet().toArray(new String[0]));
        for (int i = 0; i < fds.length; i++) {
            p.step("inherit", Syscall.DUP3, p.fd("fd" + i), 100 + i, 0);
        }
        for (int i = 0; i < fds.length; i++) {
            p.step("inherit", Syscall.DUP3, 100 + i, 3 + i, 0);
        }
        p.step("close the rest", Syscall.CLOSE_RANGE, 3 + fds.length, 0xFFFFFFFFL, 0);
        p.step(
                "run",
                Syscall.EXECVE,
                p.string("/bin/sh"),
                p.strings(List.of("sh", "-c", script)),
                p.strings(List.of("PATH=" + System.getenv("PATH"), "LC_ALL=C")));
        try (Spawned spawned = Spawner.spawn(p.build(), given)) {
            return new Shell(spawned.pid());
        }
    }

    /** Runs a command to its end and gives what it has printed; it must succeed. */
    static String run(String script) throws LinuxException {
        try (Pipe pipe = Pipe.open();
                Shell shell = start("exec >&3 2>&1; " + script, pipe.writer())) {
            pipe.writer().close();
            byte[] out = pipe.reader().readAll(1 << 24);
            WaitStatus status = shell.waitFor();
            String text = new String(out, StandardCharsets.UTF_8);
            if (status.raw() != 0) {
                throw new AssertionError(script + ": " + status + ": " + text);
            }
            return text;
        }
    }

    Pidfd pidfd() {
        return pidfd;
    }

    int pid() {
        return pid;
    }

    WaitStatus waitFor() throws LinuxException {
        WaitStatus status = pidfd.waitFor();
        reaped = true;
        return status;
    }

    @Override
    public void close() throws LinuxException {
        try (pidfd) {
            if (!reaped) {
                pidfd.send(Signal.SIGKILL);
                try {
                    pidfd.waitFor();
                } catch (LinuxException e) {
                    if (!e.is(Errno.ECHILD)) {
                        throw e;
                    }
                }
            }
        }
    }
}

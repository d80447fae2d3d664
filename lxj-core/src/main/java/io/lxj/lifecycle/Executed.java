package io.lxj.lifecycle;

import io.lxj.linux.Fd;
import io.lxj.linux.Pidfd;
import java.util.Optional;

/**
 * A command that was started in a container: the process, and this JVM's ends of its streams. Whoever gets it owns them.
 *
 * @param pid its process id as the host sees it
 * @param process the process
 * @param stdin where its input is written to; empty if nobody writes any
 * @param stdout where its output is read from: a pipe, or the terminal's master
 * @param stderr where its errors are read from; empty if they go to the terminal
 */
public record Executed(int pid, Pidfd process, Optional<Fd> stdin, Fd stdout, Optional<Fd> stderr)
        implements AutoCloseable {
    /** Closes this JVM's ends of the streams, and the process's fd; the process itself goes on. */
    @Override
    public void close() {
        process.close();
        stdin.ifPresent(Fd::close);
        stdout.close();
        stderr.ifPresent(Fd::close);
    }
}

package io.lxj.launch;

import io.lxj.linux.Fd;
import io.lxj.linux.LinuxException;
import io.lxj.linux.Pipe;
import io.lxj.linux.UnixSocket;
import io.lxj.plan.FdNames;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How the JVM and what it launches hear of each other. Thread-safe.
 *
 * @param report is closed at its other end when the init is executed, or can't be
 * @param console the masters of terminals come on it
 * @param jvm what isn't ready at the beginning goes over it, see {@link FdNames#JVM}
 * @param recorded tells a keeper that its container is on record
 */
record LaunchChannels(Pipe report, UnixSocket.Pair console, UnixSocket.Pair jvm, Optional<Pipe> recorded)
        implements AutoCloseable {
    static LaunchChannels open(boolean keep) throws LinuxException {
        List<Runnable> opened = new ArrayList<>();
        try {
            Pipe report = Pipe.open();
            opened.add(report::close);
            UnixSocket.Pair console = UnixSocket.pair();
            opened.add(console::close);
            UnixSocket.Pair jvm = UnixSocket.pair();
            opened.add(jvm::close);
            return new LaunchChannels(report, console, jvm, keep ? Optional.of(Pipe.open()) : Optional.empty());
        } catch (LinuxException e) {
            opened.forEach(Runnable::run);
            throw e;
        }
    }

    /** What the stage gets of it. */
    Map<String, Fd> fds() {
        Map<String, Fd> fds = new HashMap<>(Map.of(
                FdNames.REPORT, report.writer(),
                FdNames.CONSOLE, console.second().fd(),
                FdNames.JVM, jvm.second().fd()));
        if (recorded.isPresent()) {
            fds.put(FdNames.KEEPER, console.first().fd());
            fds.put(FdNames.RECORDED, recorded.get().reader());
        }
        return fds;
    }

    /** Nobody but the processes of the launch has the other ends from now on: their end shows. */
    void leaveToStage() {
        report.writer().close();
        console.second().close();
        jvm.second().close();
    }

    /** Tells all that wait for something that the JVM gave up. */
    void giveUp() {
        jvm.first().close();
        recorded.ifPresent(pipe -> pipe.writer().close());
    }

    @Override
    public void close() {
        report.close();
        console.close();
        jvm.close();
        recorded.ifPresent(Pipe::close);
    }
}

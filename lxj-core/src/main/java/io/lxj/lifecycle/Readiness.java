package io.lxj.lifecycle;

import io.lxj.config.Config;
import io.lxj.config.ImageInfo;
import io.lxj.config.InitSystem;
import io.lxj.error.CanceledException;
import io.lxj.error.Failure;
import io.lxj.error.LxjException;
import io.lxj.linux.Block;
import io.lxj.linux.Epoll;
import io.lxj.linux.Errno;
import io.lxj.linux.Fd;
import io.lxj.linux.LinuxException;
import io.lxj.linux.Scratch;
import io.lxj.linux.Syscall;
import io.lxj.supervise.Supervisor;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Hears on the notify socket that the container has booted: a datagram of lines, one of which is READY=1, see
 * sd_notify(3). Whatever else is said there is the container's and of no meaning to us.
 */
final class Readiness {
    /** Tells an init of the socket. Another one than systemd would only pass it on to services, whose word isn't its own. */
    static final String VARIABLE = "NOTIFY_SOCKET";
    /** The socket's path in the container. */
    static final String SOCKET = "/run/host/notify";

    private static final String READY = "READY=1";
    private static final int LONGEST = 4096;
    private static final int MOST_AT_ONCE = 16;

    private Readiness() {}

    /** Whether an init says when it has booted: systemd does, and one whose configuration tells it of the socket. */
    static boolean isTold(Config config, ImageInfo image) {
        return BootedInit.of(config, image) == InitSystem.SYSTEMD
                || SOCKET.equals(config.environment().get(VARIABLE));
    }

    static void watch(Supervisor supervisor, Run run) throws IOException {
        if (run.fds().isPresent()) {
            Fd socket = run.fds().get().notifySocket();
            run.watch(supervisor.watch(socket, Epoll.EPOLLIN, (events, watch) -> read(socket, run)));
        }
    }

    /** Waits until the container has booted; fails if it ends before, or if the time is over. */
    static void await(String action, Run run, Duration timeout) {
        if (run.fds().isEmpty()) {
            return;
        }
        try {
            CompletableFuture.anyOf(run.ready(), run.exit())
                    .get(TimeUnit.NANOSECONDS.convert(timeout), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw new LxjException(Failure.of(action, "it has not booted within " + timeout.toMillis() + " ms")
                    .hint("its console shows how far it came"));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CanceledException(action, e);
        } catch (ExecutionException e) {
            throw new LxjException(Failure.of(action, String.valueOf(e.getCause())), e);
        }
        if (!run.ready().isDone()) {
            Failure ended = Failure.of(action, "it has ended: " + run.exit().join());
            throw new LxjException(ended.hint(
                    run.cgroup().isPresent()
                            ? "its console shows why"
                            : "it had no cgroup, which systemd needs as an init: " + CgroupTree.ADVICE));
        }
    }

    private static void read(Fd socket, Run run) throws LinuxException {
        try (Scratch scratch = Scratch.open()) {
            Block block = scratch.block(LONGEST);
            for (int i = 0; i < MOST_AT_ONCE; i++) {
                long result = socket.call(Syscall.RECVFROM, block.address(), block.length(), 0, 0, 0);
                if (Errno.EAGAIN.is(result)) {
                    return;
                }
                if (result < 0) {
                    throw LinuxException.of(result, "recvfrom", socket, "message", block.length());
                }
                byte[] message = new byte[(int) result];
                block.buffer().get(0, message);
                if (List.of(new String(message, StandardCharsets.UTF_8).split("\n"))
                        .contains(READY)) {
                    run.ready().complete(null);
                }
            }
        }
    }
}

package io.lxj.lifecycle;

import io.lxj.error.CanceledException;
import io.lxj.error.InvalidConfigException;
import io.lxj.failure.Failures;
import io.lxj.linux.Errno;
import io.lxj.linux.Fd;
import io.lxj.linux.FileName;
import io.lxj.linux.FileSystemType;
import io.lxj.linux.LinuxException;
import io.lxj.linux.Open;
import io.lxj.linux.RootDir;
import io.lxj.linux.Scratch;
import io.lxj.linux.Stat;
import io.lxj.linux.Syscall;
import io.lxj.supervise.Registration;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The sockets that a running container exports: those that it binds in /run/host/unix-export, as systemd's container
 * interface has it. They are reached through the container's own root, so that nothing of it has to be mounted on the host.
 */
final class ExportedSockets {
    private static final String FOLDER = "/run/host/unix-export/";
    private static final int W_OK = 2;
    /** How long there may be no room for a connection. */
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final Engine engine;
    private final String name;

    ExportedSockets(Engine engine, String name) {
        this.engine = engine;
        this.name = name;
    }

    SocketChannel connect(String action, Run run, String socket) {
        if (socket.isEmpty() || socket.equals(".") || socket.equals("..") || socket.matches("(?s).*[/\0].*")) {
            throw new InvalidConfigException("socket of " + name, socket, "the name of a socket in " + FOLDER);
        }
        try (RootDir root = engine.executing().root(run);
                LentRoot lent = LentRoot.of(run, root);
                Fd found = open(lent.root(), socket)) {
            // The socket that was found, whatever the container puts in its place meanwhile.
            return connected(UnixDomainSocketAddress.of("/proc/self/fd/" + found.number()));
        } catch (ClosedByInterruptException e) {
            throw new CanceledException(action, e);
        } catch (IOException e) {
            throw Failures.exception(action, e);
        }
    }

    /** There may be no room for a connection, for as long as the container accepts none. */
    private SocketChannel connected(UnixDomainSocketAddress address) throws IOException {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            connect(channel, address);
            return channel;
        } catch (ClosedByInterruptException e) {
            throw e;
        } catch (AsynchronousCloseException e) {
            throw LinuxException.of(-Errno.ETIMEDOUT.number(), "connect", address)
                    .withHint("it has as many connections waiting as it takes, and accepts none");
        } catch (Throwable e) {
            try {
                channel.close();
            } catch (IOException failure) {
                e.addSuppressed(failure);
            }
            throw e;
        }
    }

    private void connect(SocketChannel channel, UnixDomainSocketAddress address) throws IOException {
        // Whoever is first decides: the connection, or the end of the time.
        AtomicBoolean decided = new AtomicBoolean();
        Registration end = engine.supervisor().schedule(PATIENCE, () -> {
            if (!decided.getAndSet(true)) {
                close(channel);
            }
        });
        try {
            channel.connect(address);
            if (decided.getAndSet(true)) {
                throw new AsynchronousCloseException();
            }
        } finally {
            end.close();
        }
    }

    private static void close(SocketChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A link or a mount could lead to what is no socket of the container's own. */
    private static Fd open(RootDir root, String socket) throws LinuxException {
        try (RootDir folder = new RootDir(
                root.open(FileName.bytes(FOLDER), Open.O_PATH | Open.O_DIRECTORY, 0, Open.RESOLVE_NO_SYMLINKS))) {
            if (!FileSystemType.of(folder.fd()).equals(FileSystemType.TMPFS)) {
                throw LinuxException.of(-Errno.ENODEV.number(), "openat2", FOLDER)
                        .withHint("the container has put something else in its place: restart it");
            }
            Fd found = folder.open(
                    FileName.bytes(socket),
                    Open.O_PATH | Open.O_NOFOLLOW,
                    0,
                    Open.RESOLVE_NO_SYMLINKS | Open.RESOLVE_NO_XDEV);
            try {
                check(found, socket);
                return found;
            } catch (Throwable e) {
                found.close();
                throw e;
            }
        } catch (LinuxException e) {
            throw e.is(Errno.ENOENT) ? e.withHint("nothing in the container has bound that socket, or not yet") : e;
        }
    }

    /** This JVM may have more rights than the container, who must not borrow them. */
    private static void check(Fd found, String socket) throws LinuxException {
        if (found.stat().type() != Stat.S_IFSOCK) {
            throw LinuxException.of(-Errno.ENOTSOCK.number(), "openat2", FOLDER + socket);
        }
        try (Scratch scratch = Scratch.open()) {
            long result =
                    found.call(Syscall.FACCESSAT2, scratch.string(""), W_OK, Open.AT_EACCESS | Open.AT_EMPTY_PATH);
            if (result < 0) {
                throw LinuxException.of(result, "faccessat2", FOLDER + socket, "W_OK")
                        .withHint("the container's root may not connect to it either");
            }
        }
    }
}

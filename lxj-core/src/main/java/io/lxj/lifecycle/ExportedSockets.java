package io.lxj.lifecycle;

import io.lxj.error.InvalidConfigException;
import io.lxj.failure.Failures;
import io.lxj.linux.Errno;
import io.lxj.linux.Fd;
import io.lxj.linux.FileName;
import io.lxj.linux.LinuxException;
import io.lxj.linux.Open;
import io.lxj.linux.RootDir;
import io.lxj.linux.Stat;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;

/**
 * The sockets that a running container exports: those that it binds in /run/host/unix-export, as systemd's container
 * interface has it. They are reached through the container's own root, so that nothing of it has to be mounted on the host.
 */
final class ExportedSockets {
    private static final String FOLDER = "/run/host/unix-export/";

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
                LentRoot lent = run.reach().deputy().isPresent() ? LentRoot.of(run, root) : null;
                Fd found = open(lent == null ? root : lent.root(), FOLDER + socket)) {
            // The socket that was found, whatever the container puts in its place meanwhile.
            return SocketChannel.open(UnixDomainSocketAddress.of("/proc/self/fd/" + found.number()));
        } catch (IOException e) {
            throw Failures.exception(action, e);
        }
    }

    /** A link could lead to what is no socket of the container's own, such as one that is mounted there. */
    private static Fd open(RootDir root, String path) throws LinuxException {
        try {
            Fd found = root.open(FileName.bytes(path), Open.O_PATH | Open.O_NOFOLLOW, 0, Open.RESOLVE_NO_SYMLINKS);
            if (found.stat().type() != Stat.S_IFSOCK) {
                found.close();
                throw LinuxException.of(-Errno.ENOTSOCK.number(), "openat2", path);
            }
            return found;
        } catch (LinuxException e) {
            throw e.is(Errno.ENOENT) ? e.withHint("nothing in the container has bound that socket, or not yet") : e;
        }
    }
}

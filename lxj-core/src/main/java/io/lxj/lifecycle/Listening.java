package io.lxj.lifecycle;

import io.lxj.failure.Failures;
import io.lxj.linux.Errno;
import io.lxj.linux.Fd;
import io.lxj.linux.LinuxException;
import io.lxj.linux.ListenSocket;
import io.lxj.plan.FdNames;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Map;

/** The listening sockets that an init is handed. They are only open here until it has them. Not thread-safe. */
record Listening(Map<String, Fd> fds) implements AutoCloseable {
    private static final int BACKLOG = 4096;

    static Listening open(String container, Map<String, InetSocketAddress> addresses) {
        Listening listening = new Listening(new HashMap<>());
        for (Map.Entry<String, InetSocketAddress> address : addresses.entrySet()) {
            try {
                Fd socket = ListenSocket.tcp(address.getValue(), BACKLOG);
                listening.fds.put(FdNames.listen(listening.fds.size()), socket);
            } catch (LinuxException e) {
                listening.close();
                throw Failures.exception(
                        "start " + container + ": listen for " + address.getKey(),
                        e.is(Errno.EADDRINUSE)
                                ? e.withHint(
                                        "something listens there, or on all addresses with that port; see ss -ltnp")
                                : e);
            }
        }
        return listening;
    }

    @Override
    public void close() {
        fds.values().forEach(Fd::close);
    }
}

package io.lxj.linux;

import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Makes sockets that wait for TCP connections, as descriptors for other programs. Thread-safe. */
public final class ListenSocket {
    private static final int AF_INET = 2;
    private static final int AF_INET6 = 10;
    private static final int SOCK_STREAM = 1;
    private static final int SOL_SOCKET = 1;
    private static final int SO_REUSEADDR = 2;
    /** sizeof(struct sockaddr_in) and sizeof(struct sockaddr_in6), see ip(7) and ipv6(7). */
    private static final int IPV4_LENGTH = 16;

    private static final int IPV6_LENGTH = 28;

    private ListenSocket() {}

    /**
     * Listens, in the network namespace of the calling thread.
     *
     * @param address an address of this host, or the wildcard, with a port
     * @param backlog how many connections may wait to be accepted, see listen(2)
     * @return the socket, close-on-exec, owned by the caller
     * @throws LinuxException if that fails: EADDRINUSE if another process has the port, EADDRNOTAVAIL if the address isn't
     *     this host's, EACCES for a port below 1024 without CAP_NET_BIND_SERVICE
     */
    public static Fd tcp(InetSocketAddress address, int backlog) throws LinuxException {
        boolean six = address.getAddress() instanceof Inet6Address;
        String family = six ? "AF_INET6" : "AF_INET";
        long made = Kernel.call(Syscall.SOCKET, six ? AF_INET6 : AF_INET, SOCK_STREAM | Open.O_CLOEXEC, 0);
        if (made < 0) {
            throw LinuxException.of(made, "socket", family, "SOCK_STREAM|SOCK_CLOEXEC", 0);
        }
        Fd socket = new Fd((int) made);
        try (Scratch scratch = Scratch.open()) {
            Block one = scratch.zeroed(4);
            one.buffer().putInt(0, 1);
            check(
                    socket.call(Syscall.SETSOCKOPT, SOL_SOCKET, SO_REUSEADDR, one.address(), 4),
                    "setsockopt",
                    socket,
                    "SO_REUSEADDR");
            int length = six ? IPV6_LENGTH : IPV4_LENGTH;
            Block name = scratch.zeroed(length);
            write(name.buffer(), address, six);
            String shown = "{" + family + ", " + address.getAddress().getHostAddress() + ", " + address.getPort() + "}";
            check(socket.call(Syscall.BIND, name.address(), length), "bind", socket, shown);
            check(socket.call(Syscall.LISTEN, backlog), "listen", socket, backlog);
            return socket;
        } catch (LinuxException e) {
            socket.close();
            throw e;
        }
    }

    private static void write(ByteBuffer name, InetSocketAddress address, boolean six) {
        ByteBuffer bytes = name.duplicate().order(ByteOrder.nativeOrder());
        bytes.putShort((short) (six ? AF_INET6 : AF_INET));
        bytes.order(ByteOrder.BIG_ENDIAN).putShort((short) address.getPort());
        if (six) {
            // No flow.
            bytes.putInt(0);
        }
        bytes.put(address.getAddress().getAddress());
    }

    private static void check(long result, String call, Object... arguments) throws LinuxException {
        if (result < 0) {
            throw LinuxException.of(result, call, arguments);
        }
    }
}

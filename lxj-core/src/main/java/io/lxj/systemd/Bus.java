package io.lxj.systemd;

import java.io.EOFException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * A connection to a bus, or directly to a program that speaks D-Bus. One call at a time; signals are left alone. Not
 * thread-safe.
 */
final class Bus implements AutoCloseable {
    private static final String BUS = "org.freedesktop.DBus";
    private static final int LONGEST_LINE = 1024;

    private final SocketChannel channel;
    private final Selector selector;
    private final Path socket;
    private final Duration timeout;
    private final Optional<String> destination;
    private long serial;

    private Bus(SocketChannel channel, Selector selector, Path socket, Duration timeout, Optional<String> destination) {
        this.channel = channel;
        this.selector = selector;
        this.socket = socket;
        this.timeout = timeout;
        this.destination = destination;
    }

    /**
     * Connects.
     *
     * @param socket where
     * @param name whom the calls are for, if there is a bus in between
     * @param timeout how long to wait for each answer
     */
    static Bus connect(Path socket, Optional<String> name, Duration timeout) throws IOException {
        Bus bus = open(socket, name, timeout);
        try {
            bus.authenticate();
            if (name.isPresent()) {
                BusCall hello = new BusCall("/org/freedesktop/DBus", BUS, "Hello", "", new Body());
                bus.call(hello, Optional.of(BUS));
            }
            return bus;
        } catch (IOException | RuntimeException | Error e) {
            bus.close();
            throw e;
        }
    }

    private static Bus open(Path socket, Optional<String> name, Duration timeout) throws IOException {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            channel.connect(UnixDomainSocketAddress.of(socket));
            channel.configureBlocking(false);
            Selector selector = Selector.open();
            channel.register(selector, SelectionKey.OP_READ);
            return new Bus(channel, selector, socket, timeout, name);
        } catch (IOException e) {
            channel.close();
            throw new IOException("connect to " + socket + ": " + e.getMessage(), e);
        }
    }

    /**
     * As whom the kernel says that this process is: the form without a user id holds across user namespaces. All at once,
     * as systemd's own library does: where systemd is the other end, it overlooks a first call that it reads together with
     * the BEGIN, until it hears something else.
     */
    private void authenticate() throws IOException {
        long deadline = deadline();
        send("\0AUTH EXTERNAL\r\nDATA\r\nBEGIN\r\n".getBytes(StandardCharsets.US_ASCII), deadline);
        String answer = line(deadline);
        if (answer.equals("DATA")) {
            answer = line(deadline);
        }
        if (!answer.startsWith("OK")) {
            throw new IOException("connect to " + socket + ": refused: " + answer);
        }
    }

    private String line(long deadline) throws IOException {
        StringBuilder line = new StringBuilder();
        while (line.length() < LONGEST_LINE) {
            line.append((char) read(1, deadline)[0]);
            if (line.length() > 1 && line.substring(line.length() - 2).equals("\r\n")) {
                return line.substring(0, line.length() - 2);
            }
        }
        throw new IOException("connect to " + socket + ": it doesn't speak D-Bus");
    }

    /**
     * Makes a call and waits for its answer.
     *
     * @return the first value, if it is a string
     * @throws BusException if the answer is an error
     * @throws IOException if there is no answer in time
     */
    Optional<String> call(BusCall call) throws IOException {
        return call(call, destination);
    }

    private Optional<String> call(BusCall call, Optional<String> whom) throws IOException {
        long deadline = deadline();
        serial++;
        try {
            send(BusMessage.call(serial, whom, call), deadline);
            while (true) {
                BusMessage message = receive(deadline);
                if (message.replyTo() == serial && message.type() == BusMessage.RETURN) {
                    return message.text();
                }
                if (message.replyTo() == serial && message.type() == BusMessage.ERROR) {
                    throw new BusException(
                            call.toString(),
                            message.error().orElse("unknown error"),
                            message.text().orElse("no message"));
                }
            }
        } catch (BusException e) {
            throw e;
        } catch (IOException e) {
            throw new IOException(call + " at " + socket + ": " + e.getMessage(), e);
        }
    }

    private BusMessage receive(long deadline) throws IOException {
        byte[] header = read(BusMessage.HEADER, deadline);
        byte[] rest = read(BusMessage.length(header) - header.length, deadline);
        return BusMessage.of(ByteBuffer.allocate(header.length + rest.length)
                .put(header)
                .put(rest)
                .array());
    }

    private long deadline() {
        return System.nanoTime() + timeout.toNanos();
    }

    private void send(byte[] bytes, long deadline) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        while (buffer.hasRemaining()) {
            if (channel.write(buffer) == 0) {
                await(SelectionKey.OP_WRITE, deadline);
            }
        }
    }

    private byte[] read(int length, long deadline) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(length);
        while (buffer.hasRemaining()) {
            int count = channel.read(buffer);
            if (count < 0) {
                throw new EOFException("the connection was closed");
            }
            if (count == 0) {
                await(SelectionKey.OP_READ, deadline);
            }
        }
        return buffer.array();
    }

    private void await(int operation, long deadline) throws IOException {
        channel.keyFor(selector).interestOps(operation);
        long left = Math.max(1, (deadline - System.nanoTime()) / 1_000_000);
        selector.select(left);
        selector.selectedKeys().clear();
        if (System.nanoTime() >= deadline) {
            throw new IOException("no answer within " + timeout.toMillis() + " ms");
        }
        if (Thread.currentThread().isInterrupted()) {
            throw new IOException("interrupted");
        }
    }

    @Override
    public void close() {
        try (channel) {
            selector.close();
        } catch (IOException e) {
            // The connection is gone: that is what was asked for.
            return;
        }
    }
}

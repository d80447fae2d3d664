package io.lxj.supervise;

import io.lxj.config.AttachEnd;
import io.lxj.config.DetachKeys;
import io.lxj.linux.Block;
import io.lxj.linux.Errno;
import io.lxj.linux.Fd;
import io.lxj.linux.LinuxException;
import io.lxj.linux.Poll;
import io.lxj.linux.Pty;
import io.lxj.linux.Scratch;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;

/**
 * An interactive session: a terminal of ours connected to a console. What is typed goes to the container, but for the
 * detach keys; what the container writes goes to the terminal untouched. The terminal's size is copied, and followed by
 * asking for it now and then, since a library has no business with the signal that tells of a change.
 *
 * <p>Used by one thread, which reads the terminal; a thread of its own writes to it, so that a terminal that was stopped
 * with Ctrl-s doesn't keep anybody from detaching.
 */
public final class Attachment {
    private static final Duration GLANCE = Duration.ofMillis(100);
    private static final Duration QUICK_GLANCE = Duration.ofMillis(10);
    private static final int INPUT_CHUNK = 1024;
    private static final int MOST_PENDING = 64 * 1024;

    private final Fd in;
    private final ConsoleSink sink;
    private final DetachScanner scanner;
    private final OutputWriter writer;
    private final ByteArrayOutputStream pending = new ByteArrayOutputStream();
    private Pty.Size size = new Pty.Size(0, 0);

    private Attachment(Fd in, ConsoleSink sink, DetachKeys keys, OutputWriter writer) {
        this.in = in;
        this.sink = sink;
        this.scanner = new DetachScanner((byte) keys.first(), (byte) keys.second());
        this.writer = writer;
    }

    /**
     * Runs a session, until it is ended.
     *
     * @param in the terminal, to read from; it is in raw mode until this returns or the JVM ends
     * @param out where to write to, mostly the same terminal
     * @param keys end the session when they are typed
     * @param output what the container writes
     * @param sink where input goes
     * @return how it ended
     * @throws LinuxException ENOTTY if {@code in} is no terminal
     * @throws IOException if the terminal or the console fails
     * @throws InterruptedException if the thread is interrupted
     */
    public static AttachEnd run(Fd in, Fd out, DetachKeys keys, ConsoleOutput output, ConsoleSink sink)
            throws IOException, InterruptedException {
        RawMode raw = RawMode.enter(in);
        try (OutputWriter writer = OutputWriter.start(output.follow(), out)) {
            return new Attachment(in, sink, keys, writer).run();
        } finally {
            raw.close();
        }
    }

    private AttachEnd run() throws IOException, InterruptedException {
        while (true) {
            if (writer.hasEnded()) {
                return writer.failed() ? AttachEnd.TERMINAL_CLOSED : AttachEnd.STOPPED;
            }
            if (Thread.interrupted()) {
                throw new InterruptedException("interrupted while attached to a console");
            }
            copySize();
            send();
            if (Poll.await(in, Poll.POLLIN, pending.size() > 0 ? QUICK_GLANCE : GLANCE) != 0) {
                byte[] typed = read();
                if (typed.length == 0) {
                    return AttachEnd.TERMINAL_CLOSED;
                }
                byte[] passed = scanner.scan(typed, typed.length);
                // A container that doesn't read must not fill our memory; what is typed into it is lost anyway.
                pending.write(passed, 0, Math.min(passed.length, MOST_PENDING - pending.size()));
                if (scanner.isDetached()) {
                    send();
                    return AttachEnd.DETACHED;
                }
            }
        }
    }

    /** What was typed; nothing at the end of the terminal. */
    private byte[] read() throws LinuxException {
        try (Scratch scratch = Scratch.open()) {
            Block block = scratch.block(INPUT_CHUNK);
            int count = in.read(block, 0, INPUT_CHUNK);
            byte[] typed = new byte[count];
            block.buffer().get(0, typed);
            return typed;
        } catch (LinuxException e) {
            // The terminal's other side is gone.
            if (e.is(Errno.EIO)) {
                return new byte[0];
            }
            throw e;
        }
    }

    private void send() throws IOException {
        if (pending.size() > 0) {
            byte[] typed = pending.toByteArray();
            int sent = sink.offer(typed);
            pending.reset();
            pending.writeBytes(Arrays.copyOfRange(typed, sent, typed.length));
        }
    }

    private void copySize() throws IOException {
        Pty.Size now;
        try {
            now = Pty.size(in);
        } catch (LinuxException e) {
            // Its other side is gone, as the next read is going to say.
            if (e.is(Errno.EIO)) {
                return;
            }
            throw e;
        }
        // A terminal that doesn't know its size says zero.
        if (!now.equals(size) && now.rows() > 0 && now.columns() > 0) {
            size = now;
            sink.resize(now.rows(), now.columns());
        }
    }
}

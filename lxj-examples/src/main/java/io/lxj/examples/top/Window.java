package io.lxj.examples.top;

import io.lxj.linux.Block;
import io.lxj.linux.Fd;
import io.lxj.linux.LinuxException;
import io.lxj.linux.Poll;
import io.lxj.linux.Pty;
import io.lxj.linux.Terminal;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** A terminal that is drawn on, and put right at the end, whatever brings that about. Not thread-safe. */
final class Window implements AutoCloseable {
    /** The other screen of the terminal, without a cursor; see console_codes(4) and xterm's control sequences. */
    private static final String ENTER = "\033[?1049h\033[?25l";

    private static final String LEAVE = "\033[?25h\033[?1049l";
    private static final String HOME = "\033[H";
    private static final String REST_OF_LINE = "\033[K\r\n";
    private static final String REST_OF_SCREEN = "\033[J";
    private static final Pty.Size USUAL = new Pty.Size(24, 80);
    private static final Duration GLANCE = Duration.ofMillis(100);

    private final Fd keyboard;
    private final Fd screen;
    private final PrintStream out;
    private final Optional<Terminal> before;
    private final Thread atShutdown = new Thread(this::restore, "top-terminal");

    private Window(Fd keyboard, Fd screen, PrintStream out, Optional<Terminal> before) {
        this.keyboard = keyboard;
        this.screen = screen;
        this.out = out;
        this.before = before;
    }

    /**
     * Takes the terminal that this program was started on.
     *
     * @param keys whether to read keys; not where somebody else does
     */
    static Window open(PrintStream out, boolean keys) throws IOException {
        // Not closed: they are everybody's.
        Fd keyboard = new Fd(0);
        Window window =
                new Window(keyboard, new Fd(1), out, keys ? Optional.of(Terminal.of(keyboard)) : Optional.empty());
        Runtime.getRuntime().addShutdownHook(window.atShutdown);
        if (keys) {
            window.before.get().raw().apply(keyboard);
        }
        out.print(ENTER);
        return window;
    }

    static boolean isTerminal(int fd) {
        try {
            Terminal.of(new Fd(fd));
            return true;
        } catch (LinuxException e) {
            return false;
        }
    }

    Pty.Size size() {
        try {
            Pty.Size size = Pty.size(screen);
            return size.rows() == 0 || size.columns() == 0 ? USUAL : size;
        } catch (LinuxException e) {
            return USUAL;
        }
    }

    void draw(List<String> lines) {
        StringBuilder frame = new StringBuilder(HOME);
        frame.append(String.join(REST_OF_LINE, lines)).append("\033[K").append(REST_OF_SCREEN);
        out.print(frame);
        out.flush();
    }

    /** Waits for a key: until one is hit, the terminal has another size, or the time is over. -1 if nobody can type. */
    OptionalInt key(Duration timeout, Pty.Size drawn) throws IOException, InterruptedException {
        long start = System.nanoTime();
        while (System.nanoTime() - start < timeout.toNanos() && size().equals(drawn)) {
            if (before.isEmpty()) {
                Thread.sleep(GLANCE.toMillis());
            } else if (Poll.await(keyboard, Poll.POLLIN, GLANCE) != 0) {
                Block one = Block.allocate(1);
                return OptionalInt.of(
                        keyboard.read(one, 0, 1) == 1 ? one.buffer().get(0) : -1);
            }
        }
        return OptionalInt.empty();
    }

    private void restore() {
        out.print(LEAVE);
        out.flush();
        if (before.isPresent()) {
            try {
                before.get().apply(keyboard);
            } catch (LinuxException e) {
                System.err.println("top: the terminal is gone: " + e.getMessage());
            }
        }
    }

    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(atShutdown);
        } catch (IllegalStateException e) {
            // The program is being ended, and the hook does what is to be done.
            return;
        }
        restore();
    }
}

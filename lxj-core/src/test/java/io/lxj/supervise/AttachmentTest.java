package io.lxj.supervise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lxj.config.AttachEnd;
import io.lxj.config.DetachKeys;
import io.lxj.linux.Block;
import io.lxj.linux.Fd;
import io.lxj.linux.Pipe;
import io.lxj.linux.Poll;
import io.lxj.linux.Pty;
import io.lxj.linux.Terminal;
import io.lxj.testing.LeaksNothing;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A shell on one PTY stands for the container; the test sits at the master of another one, as a terminal does. */
@LeaksNothing
@Timeout(120)
class AttachmentTest {
    private static final Duration LONG = Duration.ofSeconds(60);

    private Supervisor supervisor;
    private ConsoleOutput output;
    private TestPty pty;
    private PtyConsole console;
    private Process shell;
    private TestPty terminal;
    private Fd slave;
    private Terminal before;

    @BeforeEach
    void open() throws Exception {
        supervisor = Supervisor.open();
        output = new ConsoleOutput(4096);
        pty = TestPty.open();
        console = PtyConsole.open(supervisor, pty.master(), output, Optional.empty());
        output.begin();
        // Whoever started these tests may ignore Ctrl-c, as a shell makes what it runs in the background do.
        shell = pty.shell("stty -echo; PS1='ready> ' exec env --default-signal=INT sh -i");
        TestPty.go(shell);
        try (OutputFollower follower = output.followFromStart()) {
            await(follower, "ready> ");
        }
        terminal = TestPty.open();
        slave = Pty.peer(terminal.master());
        before = Terminal.of(slave);
    }

    @AfterEach
    void close() throws Exception {
        Terminal now = Terminal.of(slave);
        stop();
        slave.close();
        terminal.master().close();
        supervisor.close();
        assertThat(now).as("the terminal's settings after the session").isEqualTo(before);
    }

    private void stop() throws InterruptedException {
        shell.destroyForcibly().waitFor();
        console.finish();
        output.end();
    }

    private static void await(OutputFollower follower, String text) throws InterruptedException {
        assertThat(new OutputSearch<>(follower, seen -> seen.contains(text) ? Optional.of(seen) : Optional.empty())
                        .await(LONG)
                        .found())
                .as(text)
                .isPresent();
    }

    private CompletableFuture<AttachEnd> attach() throws Exception {
        return attach(slave, new Thread[1]);
    }

    /** Returns when the terminal doesn't echo any more. */
    private CompletableFuture<AttachEnd> attach(Fd in, Thread[] started) throws Exception {
        CompletableFuture<AttachEnd> end = new CompletableFuture<>();
        started[0] = new Thread(() -> {
            try {
                end.complete(Attachment.run(in, slave, DetachKeys.DEFAULT, output, console.input()));
            } catch (IOException | InterruptedException e) {
                end.completeExceptionally(e);
            }
        });
        started[0].start();
        while (!Terminal.of(in).equals(before.raw())) {
            assertThat(end).isNotDone();
            Thread.sleep(1);
        }
        return end;
    }

    private void type(String text) throws IOException {
        terminal.master().write(text.getBytes(StandardCharsets.US_ASCII));
    }

    /** Reads what the terminal shows up to a text. */
    private String screen(String until) throws IOException {
        StringBuilder shown = new StringBuilder();
        Block block = Block.allocate(1);
        while (shown.indexOf(until) < 0) {
            assertThat(Poll.await(terminal.master(), Poll.POLLIN, LONG))
                    .as("nothing more came after: %s", shown)
                    .isNotZero();
            assertThat(terminal.master().read(block, 0, 1)).isEqualTo(1);
            shown.append((char) (block.buffer().get(0) & 0xff));
        }
        return shown.toString();
    }

    @Test
    void connectsTheTerminalUntilTheDetachKeysAreTyped() throws Exception {
        CompletableFuture<AttachEnd> end = attach();
        type("printf 'col\\033[31mour\\033[0m\\n'\r");
        assertThat(screen("ready> ")).isEqualTo("col\u001b[31mour\u001b[0m\r\nready> ");
        type("\u0001q");
        assertThat(end.get(60, TimeUnit.SECONDS)).isEqualTo(AttachEnd.DETACHED);
        // The container doesn't notice.
        try (OutputFollower follower = output.follow()) {
            console.input().send("echo sti''ll here\r".getBytes(StandardCharsets.US_ASCII));
            await(follower, "still here");
        }
    }

    @Test
    void passesControlCharactersToTheContainer() throws Exception {
        CompletableFuture<AttachEnd> end = attach();
        type("sh -c 'trap \"echo caught; exit\" INT; echo armed; while :; do sleep 1; done'\r");
        screen("armed\r\n");
        type("\u0003");
        assertThat(screen("caught")).isNotEmpty();
        type("\u0001q");
        assertThat(end.get(60, TimeUnit.SECONDS)).isEqualTo(AttachEnd.DETACHED);
    }

    @Test
    void endsWithTheContainerAfterItsLastWords() throws Exception {
        CompletableFuture<AttachEnd> end = attach();
        type("trap 'echo good''bye; exit' TERM; echo armed\r");
        screen("armed\r\nready> ");
        type("kill $$\r");
        screen("goodbye");
        shell.waitFor();
        stop();
        assertThat(end.get(60, TimeUnit.SECONDS)).isEqualTo(AttachEnd.STOPPED);
    }

    @Test
    void copiesTheSizeOfTheTerminalAndFollowsIt() throws Exception {
        Pty.resize(slave, 30, 90);
        CompletableFuture<AttachEnd> end = attach();
        type("trap 'stty size' WINCH; echo armed; stty size\r");
        screen("30 90\r\nready> ");
        Pty.resize(slave, 40, 120);
        // The shell runs its trap when it gets the next line.
        while (!Pty.size(pty.master()).equals(new Pty.Size(40, 120))) {
            Thread.sleep(10);
        }
        type("\r");
        screen("40 120");
        type("\u0001q");
        assertThat(end.get(60, TimeUnit.SECONDS)).isEqualTo(AttachEnd.DETACHED);
    }

    @Test
    void canBeDetachedFromAContainerThatDoesNotRead() throws Exception {
        CompletableFuture<AttachEnd> end = attach();
        type("stty raw; echo deaf; exec sleep 600\r");
        screen("deaf");
        String line = "x".repeat(1000);
        for (int i = 0; i < 200; i++) {
            type(line);
        }
        type("\u0001q");
        assertThat(end.get(60, TimeUnit.SECONDS)).isEqualTo(AttachEnd.DETACHED);
    }

    @Test
    void canBeDetachedWhileTheTerminalTakesNoOutput() throws Exception {
        CompletableFuture<AttachEnd> end = attach();
        // Nobody reads the terminal's master from here on.
        type("exec yes\r");
        try (OutputFollower follower = output.follow()) {
            await(follower, "y\ny\ny\n");
        }
        type("\u0001q");
        assertThat(end.get(60, TimeUnit.SECONDS)).isEqualTo(AttachEnd.DETACHED);
    }

    @Test
    void endsAndRestoresTheTerminalWhenInterrupted() throws Exception {
        Thread[] session = new Thread[1];
        CompletableFuture<AttachEnd> end = attach(slave, session);
        type("echo armed\r");
        screen("armed\r\nready> ");
        session[0].interrupt();
        assertThatThrownBy(() -> end.get(60, TimeUnit.SECONDS)).hasCauseInstanceOf(InterruptedException.class);
    }

    @Test
    void endsWhenTheTerminalIsGone() throws Exception {
        TestPty other = TestPty.open();
        try (Fd lost = Pty.peer(other.master())) {
            CompletableFuture<AttachEnd> end = attach(lost, new Thread[1]);
            other.master().close();
            assertThat(end.get(60, TimeUnit.SECONDS)).isEqualTo(AttachEnd.TERMINAL_CLOSED);
        }
    }

    @Test
    void refusesWhatIsNoTerminal() throws Exception {
        try (Pipe pipe = Pipe.open()) {
            assertThatThrownBy(() ->
                            Attachment.run(pipe.reader(), pipe.writer(), DetachKeys.DEFAULT, output, console.input()))
                    .hasMessageContaining("ENOTTY");
        }
    }

    @Test
    void severalSessionsShareOneConsole() throws Exception {
        CompletableFuture<AttachEnd> first = attach();
        TestPty second = TestPty.open();
        try (Fd lines = Pty.peer(second.master())) {
            CompletableFuture<AttachEnd> other = attach(lines, new Thread[1]);
            second.master().write("echo shared\r\u0001q".getBytes(StandardCharsets.US_ASCII));
            screen("shared\r\n");
            assertThat(other.get(60, TimeUnit.SECONDS)).isEqualTo(AttachEnd.DETACHED);
        }
        second.master().close();
        type("\u0001q");
        assertThat(first.get(60, TimeUnit.SECONDS)).isEqualTo(AttachEnd.DETACHED);
    }
}

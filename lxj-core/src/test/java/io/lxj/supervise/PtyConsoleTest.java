package io.lxj.supervise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lxj.linux.Block;
import io.lxj.linux.Directory;
import io.lxj.linux.Fd;
import io.lxj.linux.Open;
import io.lxj.linux.Pidfd;
import io.lxj.linux.Pty;
import io.lxj.linux.Syscall;
import io.lxj.testing.LeaksNothing;
import io.lxj.testing.NeedsRoot;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@LeaksNothing
@Timeout(120)
class PtyConsoleTest {
    private static final int KIBIBYTE = 1024;
    private static final long TIOCVHANGUP = 0x5437;

    @TempDir
    private Path folder;

    private Supervisor supervisor;

    @BeforeEach
    void open() throws IOException {
        supervisor = Supervisor.open();
    }

    @AfterEach
    void close() {
        supervisor.close();
    }

    /** A shell on a console, watched as a container's init would be. */
    private final class Watched {
        private final ConsoleOutput output;
        private final PtyConsole console;
        private final Process shell;
        private final CompletableFuture<Void> ended = new CompletableFuture<>();

        Watched(int capacity, Optional<ConsoleLog> log, String script, String... arguments) throws IOException {
            output = new ConsoleOutput(capacity);
            TestPty pty = TestPty.open();
            console = PtyConsole.open(supervisor, pty.master(), output, log);
            output.begin();
            shell = pty.shell(script, arguments);
            Pidfd pidfd = Pidfd.open((int) shell.pid());
            supervisor.watchExit(pidfd, false, status -> {
                pidfd.close();
                console.finish();
                output.end();
                ended.complete(null);
            });
            TestPty.go(shell);
        }

        void awaitEnd() throws Exception {
            ended.get(60, TimeUnit.SECONDS);
            shell.waitFor();
        }

        String text() {
            return new String(output.tail(Integer.MAX_VALUE), StandardCharsets.UTF_8);
        }
    }

    private Optional<ConsoleLog> log(String name) throws IOException {
        Path place = Files.createDirectory(folder.resolve(name));
        Directory directory = new Directory(Fd.open(place, Open.O_RDONLY | Open.O_DIRECTORY, 0));
        return Optional.of(ConsoleLog.open(name, directory, KIBIBYTE * KIBIBYTE, 1));
    }

    @Test
    void hasEveryLastByteWhenTheEndIsTold() throws Exception {
        for (int i = 0; i < 100; i++) {
            String word = "word" + i + ".";
            Watched watched =
                    new Watched(64 * KIBIBYTE, Optional.empty(), "printf '%s' \"$1$1$1$1$1$1$1$1\"", word.repeat(400));
            watched.awaitEnd();
            assertThat(watched.text()).isEqualTo(word.repeat(3200));
        }
    }

    @Test
    void keepsTwoHundredConsolesApart() throws Exception {
        String script = "i=0; while [ $i -lt 100 ]; do echo \"console $1 line $i\"; i=$((i+1)); done";
        List<Watched> all = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            all.add(new Watched(16 * KIBIBYTE, log("c" + i), script, Integer.toString(i)));
        }
        for (int i = 0; i < 200; i++) {
            all.get(i).awaitEnd();
            StringBuilder expected = new StringBuilder();
            for (int line = 0; line < 100; line++) {
                expected.append("console ")
                        .append(i)
                        .append(" line ")
                        .append(line)
                        .append("\r\n");
            }
            assertThat(all.get(i).text()).isEqualTo(expected.toString());
            assertThat(Files.readString(folder.resolve("c" + i).resolve("console.log")))
                    .isEqualTo(expected.toString());
        }
        assertThat(supervisor).hasToString("supervisor of 0 descriptors");
    }

    @Test
    void aFloodStarvesNoOtherConsole() throws Exception {
        Watched flood = new Watched(16 * KIBIBYTE, log("flood"), "exec yes 'a flood of output'");
        for (int i = 0; i < 20; i++) {
            Watched other = new Watched(16 * KIBIBYTE, Optional.empty(), "echo hello");
            other.awaitEnd();
            assertThat(other.text()).isEqualTo("hello\r\n");
        }
        assertThat(flood.ended).isNotDone();
        flood.shell.destroyForcibly();
        flood.awaitEnd();
        assertThat(flood.output.tail(Integer.MAX_VALUE)).hasSize(16 * KIBIBYTE);
        assertThat(flood.text()).contains("a flood of output\r\na flood of output\r\n");
        assertThat(folder.resolve("flood").resolve("console.log")).isNotEmptyFile();
    }

    @Test
    void theSlaveMayBeClosedAndOpenedAgain() throws Exception {
        Watched watched = new Watched(
                KIBIBYTE, Optional.empty(), "t=$(readlink /proc/self/fd/0); echo one; exec <&- >&- 2>&-; echo two >$t");
        watched.awaitEnd();
        assertThat(watched.text()).isEqualTo("one\r\ntwo\r\n");
    }

    /** As login programs do to get rid of whoever else has the terminal open: everybody's descriptors go dead. */
    @Test
    @NeedsRoot("hangs a terminal up")
    void survivesAHangUpOfTheTerminal() throws Exception {
        TestPty pty = TestPty.open();
        ConsoleOutput output = new ConsoleOutput(KIBIBYTE);
        PtyConsole console = PtyConsole.open(supervisor, pty.master(), output, Optional.empty());
        output.begin();
        try (OutputFollower follower = output.follow()) {
            for (int i = 0; i < 3; i++) {
                try (Fd program = Pty.peer(pty.master())) {
                    program.write("before\n".getBytes(StandardCharsets.US_ASCII));
                    awaitText(follower, "before\r\n");
                    assertThat(program.call(Syscall.IOCTL, TIOCVHANGUP)).isZero();
                }
                try (Fd program = Pty.peer(pty.master())) {
                    program.write("after\n".getBytes(StandardCharsets.US_ASCII));
                    awaitText(follower, "after\r\n");
                    console.input().send("typed\n".getBytes(StandardCharsets.US_ASCII));
                    assertThat(program.read(Block.allocate(100), 0, 100)).isEqualTo("typed\n".length());
                    awaitText(follower, "typed\r\n");
                }
            }
        }
        console.finish();
    }

    @Test
    void typesAndSetsTheSize() throws Exception {
        Watched watched = new Watched(
                KIBIBYTE, Optional.empty(), "stty -echo; read a; echo \"got $a\"; stty size; read b; echo \"got $b\"");
        ConsoleSink input = watched.console.input();
        input.resize(50, 132);
        input.send("hello\n".getBytes(StandardCharsets.UTF_8));
        try (OutputFollower follower = watched.output.followFromStart()) {
            awaitText(follower, "50 132\r\n");
        }
        input.resize(65535, 1);
        input.send("again\n".getBytes(StandardCharsets.UTF_8));
        watched.awaitEnd();
        assertThat(watched.text()).contains("got hello\r\n50 132\r\n").endsWith("got again\r\n");
        assertThatThrownBy(() -> input.send(new byte[] {'x'}))
                .isInstanceOf(IOException.class)
                .hasMessage("the console is closed");
        assertThatThrownBy(() -> input.resize(1, 1))
                .isInstanceOf(IOException.class)
                .hasMessage("the console is closed");
    }

    private static void awaitText(OutputFollower follower, String text) throws InterruptedException {
        StringBuilder seen = new StringBuilder();
        byte[] chunk = new byte[KIBIBYTE];
        while (seen.indexOf(text) < 0) {
            int count = follower.read(chunk, 0, chunk.length);
            assertThat(count).as("the console ended, after: %s", seen).isPositive();
            seen.append(new String(chunk, 0, count, StandardCharsets.UTF_8));
        }
    }

    @Test
    void aSendThatNobodyReadsEndsWithTheConsoleOrAnInterrupt() throws Exception {
        Watched watched = new Watched(KIBIBYTE, Optional.empty(), "stty raw -echo; echo ready; exec sleep 600");
        try (OutputFollower follower = watched.output.followFromStart()) {
            awaitText(follower, "ready");
        }
        ConsoleSink input = watched.console.input();
        byte[] much = new byte[4 * KIBIBYTE * KIBIBYTE];
        CompletableFuture<Throwable> interrupted = new CompletableFuture<>();
        Thread first = sender(input, much, interrupted);
        first.interrupt();
        assertThat(interrupted.get(60, TimeUnit.SECONDS)).isInstanceOf(InterruptedIOException.class);

        CompletableFuture<Throwable> ended = new CompletableFuture<>();
        sender(input, much, ended);
        watched.shell.destroyForcibly();
        watched.awaitEnd();
        assertThat(ended.get(60, TimeUnit.SECONDS)).isInstanceOf(IOException.class);
    }

    private static Thread sender(ConsoleSink input, byte[] bytes, CompletableFuture<Throwable> result) {
        Thread thread = new Thread(() -> {
            try {
                input.send(bytes);
                result.complete(null);
            } catch (IOException e) {
                result.complete(e);
            }
        });
        thread.start();
        return thread;
    }

    @Test
    void anIdleConsoleTakesLittleMemory() throws Exception {
        int many = 300;
        List<PtyConsole> consoles = new ArrayList<>();
        List<ConsoleOutput> outputs = new ArrayList<>();
        consoles.add(console(outputs));
        long before = usedHeap();
        for (int i = 0; i < many; i++) {
            consoles.add(console(outputs));
        }
        long each = (usedHeap() - before) / many;
        for (PtyConsole console : consoles) {
            console.finish();
        }
        assertThat(outputs).allSatisfy(output -> assertThat(output.tail(5)).hasSize(5));
        // The ring buffers are full: 16 KiB of it are theirs.
        assertThat(each).isLessThan(20L * KIBIBYTE);
    }

    private PtyConsole console(List<ConsoleOutput> outputs) throws IOException {
        ConsoleOutput output = new ConsoleOutput(16 * KIBIBYTE);
        output.begin();
        output.append(new byte[100 * KIBIBYTE], 100 * KIBIBYTE);
        outputs.add(output);
        TestPty pty = TestPty.open();
        return PtyConsole.open(supervisor, pty.master(), output, Optional.empty());
    }

    private static long usedHeap() {
        System.gc();
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }
}

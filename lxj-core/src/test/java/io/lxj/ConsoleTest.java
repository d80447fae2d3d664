package io.lxj;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lxj.error.InvalidConfigException;
import io.lxj.error.LxjException;
import io.lxj.linux.Fd;
import io.lxj.linux.Pty;
import io.lxj.supervise.ConsoleOutput;
import io.lxj.supervise.PtyConsole;
import io.lxj.supervise.Supervisor;
import io.lxj.testing.LeaksNothing;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@LeaksNothing
@Timeout(120)
class ConsoleTest {
    private static final Duration LONG = Duration.ofSeconds(60);

    private Supervisor supervisor;
    private ConsoleOutput output;
    private PtyConsole pty;
    private Console console;
    private Process shell;

    /** A shell stands for the container. */
    @BeforeEach
    void open() throws IOException {
        supervisor = Supervisor.open();
        output = new ConsoleOutput(4096);
        Fd master = Pty.open().master();
        Path path;
        try (Fd slave = Pty.peer(master)) {
            path = Files.readSymbolicLink(Path.of("/proc/self/fd/" + slave.number()));
        }
        pty = PtyConsole.open(supervisor, master, output, Optional.empty());
        output.begin();
        console = new Console(
                "the console of web1",
                output,
                pty.input(),
                () -> new ByteArrayInputStream("logg\u00e9d".getBytes(StandardCharsets.UTF_8)),
                supervisor.lane());
        shell = new ProcessBuilder("sh", "-c", "exec sh -i <>" + path + " >&0 2>&0")
                .redirectErrorStream(true)
                .start();
        console.send("stty -echo; PS1='$ '\r");
    }

    @AfterEach
    void close() throws InterruptedException {
        stop();
        supervisor.close();
    }

    private void stop() throws InterruptedException {
        shell.destroyForcibly().waitFor();
        pty.finish();
        output.end();
    }

    @Test
    void waitsForTextForAPatternAndForACondition() throws Exception {
        console.send("printf 'login\\033[1m: \\033[0m'; sleep 0.05; echo user 42\r");
        console.waitFor("login: ", LONG);
        assertThat(console.waitFor(Pattern.compile("user (\\d+)"), LONG).group(1))
                .isEqualTo("42");
        assertThat(console.waitFor((String text) -> text.endsWith("$ "), LONG)).contains("login: user 42\n");
    }

    @Test
    void saysWhatTheLastLinesWereWhenTheTextDoesNotCome() throws Exception {
        // Typed so that it isn't what is waited for: the terminal may still echo it.
        console.send("echo 'kernel \\033[31mpan''ic'\r");
        console.waitFor("panic", LONG);
        assertThatThrownBy(() -> console.waitFor(Pattern.compile("log[i]n"), Duration.ofMillis(10)))
                .isInstanceOf(LxjException.class)
                .hasMessageStartingWith("wait for /log[i]n/ on the console of web1: not there after 10 ms; the last")
                .hasMessageContaining("kernel panic");
        stop();
        assertThatThrownBy(() -> console.waitFor("login:", LONG))
                .isInstanceOf(LxjException.class)
                .hasMessageStartingWith(
                        "wait for \"login:\" on the console of web1: the container stopped before; the");
        console.waitFor("kernel panic", Duration.ZERO);
    }

    @Test
    void readsTheBufferAsItIsAndAsText() throws Exception {
        console.send("printf '\\033[31mred\\033[0m\\nlast'\r");
        console.waitFor("red\nlast", LONG);
        assertThat(new String(console.read(), StandardCharsets.UTF_8)).contains("\u001b[31mred\u001b[0m\r\nlast");
        assertThat(console.tail(3)).hasSize(3);
        assertThat(console.tailText(1)).startsWith("last").doesNotContain("\u001b");
        assertThat(console.log()).isEqualTo("logg\u00e9d");
        assertThat(console.openLog()).hasBinaryContent("logg\u00e9d".getBytes(StandardCharsets.UTF_8));
        assertThat(console).hasToString("the console of web1");
    }

    @Test
    void followsWithSeveralStreamsUntilTheContainerStops() throws Exception {
        console.waitFor("$ ", LONG);
        try (BufferedReader one = reader(console.followFromStart());
                BufferedReader two = reader(console.follow())) {
            console.send("echo he''llo\r");
            assertThat(one.lines().filter(line -> line.endsWith("hello")).findFirst())
                    .isPresent();
            assertThat(two.lines().filter(line -> line.endsWith("hello")).findFirst())
                    .isPresent();
            stop();
            assertThat(two.lines().filter(line -> line.endsWith("hello"))).isEmpty();
        }
    }

    private static BufferedReader reader(ConsoleStream stream) {
        return new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8));
    }

    @Test
    void aReaderThatIsInterruptedIsToldSo() {
        try (ConsoleStream stream = console.follow()) {
            Thread.currentThread().interrupt();
            assertThatThrownBy(stream::read).isInstanceOf(InterruptedIOException.class);
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    @Test
    void tellsAListenerUntilTheContainerStops() throws Exception {
        StringBuffer heard = new StringBuffer();
        CompletableFuture<Void> ended = new CompletableFuture<>();
        console.onOutput(new ConsoleListener() {
            @Override
            public void output(byte[] bytes) {
                heard.append(new String(bytes, StandardCharsets.UTF_8));
            }

            @Override
            public void ended() {
                ended.complete(null);
            }
        });
        StringBuffer heardByOther = new StringBuffer();
        Subscription other = console.onOutput(bytes -> heardByOther.append(new String(bytes, StandardCharsets.UTF_8)));
        other.close();
        console.send("echo he''llo\r");
        console.waitFor("hello", LONG);
        stop();
        ended.get(60, TimeUnit.SECONDS);
        assertThat(heard).contains("hello");
        assertThat(heardByOther).doesNotContain("hello");
    }

    @Test
    void setsTheSizeAndRefusesImpossibleOnes() throws Exception {
        console.resize(33, 101);
        console.send("stty size\r");
        console.waitFor("33 101", LONG);
        assertThatThrownBy(() -> console.resize(0, 80)).isInstanceOf(InvalidConfigException.class);
        assertThatThrownBy(() -> console.resize(24, 65536)).isInstanceOf(InvalidConfigException.class);
    }

    @Test
    void saysWhichConsoleCouldNotBeTypedOn() throws Exception {
        stop();
        assertThatThrownBy(() -> console.send("x"))
                .isInstanceOf(LxjException.class)
                .hasMessage("type on the console of web1: the console is closed");
        assertThatThrownBy(() -> console.resize(24, 80))
                .isInstanceOf(LxjException.class)
                .hasMessage("resize the console of web1: the console is closed");
    }
}

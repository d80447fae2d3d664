package io.lxj;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lxj.config.Command;
import io.lxj.config.Config;
import io.lxj.config.Signal;
import io.lxj.config.Stdin;
import io.lxj.config.TerminalSize;
import io.lxj.testing.LeaksNothing;
import io.lxj.testing.NeedsContainers;
import io.lxj.testing.NeedsRootfs;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A running command keeps the contract of java.lang.Process. */
@NeedsContainers
@NeedsRootfs("alpine")
@LeaksNothing
@Timeout(120)
class ContainerProcessTest {
    @RegisterExtension
    static final TestLxj host = TestLxj.of("alpine");

    private static Container container;

    @BeforeAll
    static void start() throws IOException {
        container = host.start(Config.ofImage("alpine").init("/bin/sh", "-c", "while :; do sleep 1000000; done"));
        // From now on it has the processes that it keeps.
        container.exec("sh", "-c", "until pidof sleep; do :; done");
    }

    private static ContainerProcess sh(String script) {
        return container.process("sh", "-c", script);
    }

    private static String line(Process process) throws IOException {
        return process.inputReader().readLine();
    }

    @Test
    void talksThroughItsStreams() throws Exception {
        ContainerProcess process = container.process("cat");
        try (OutputStream input = process.getOutputStream()) {
            input.write("hello\n".getBytes(StandardCharsets.UTF_8));
        }
        assertThat(line(process)).isEqualTo("hello");
        assertThat(process.waitFor()).isZero();
        assertThat(process.exitValue()).isZero();
        assertThat(process.isAlive()).isFalse();
        assertThat(process.getErrorStream().read()).isEqualTo(-1);
        assertThat(process.exitSignal()).isEmpty();
    }

    @Test
    void hasNoExitValueBeforeItEnds() throws Exception {
        ContainerProcess process = container.process("cat");
        assertThat(process.isAlive()).isTrue();
        assertThatThrownBy(process::exitValue).isInstanceOf(IllegalThreadStateException.class);
        assertThat(process.waitFor(1, TimeUnit.MILLISECONDS)).isFalse();
        assertThat(process.toHandle().isAlive()).isTrue();
        assertThat(process.toString()).contains("running");
        process.getOutputStream().close();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isZero();
    }

    @Test
    void tellsWhoWaitsForItsExit() {
        ContainerProcess process = sh("read line; exit 7");
        CompletableFuture<Integer> code = process.onExit().thenApply(Process::exitValue);
        assertThat(code.isDone()).isFalse();
        process.destroy();
        assertThat(code.join()).isEqualTo(143);
        assertThat(process.exitSignal()).contains(Signal.SIGTERM);
        assertThat(sh("exit 7").onExit().join().exitValue()).isEqualTo(7);
    }

    @Test
    void isEndedByDestroyAndByForce() {
        ContainerProcess deaf = sh("trap '' TERM; echo ready; while :; do sleep 0.1; done");
        assertThat(deaf.supportsNormalTermination()).isTrue();
        assertThat(deaf.inputReader().lines().findFirst()).contains("ready");
        deaf.destroy();
        assertThat(deaf.isAlive()).isTrue();
        deaf.destroyForcibly();
        assertThat(deaf.onExit().join().exitValue()).isEqualTo(137);
        deaf.destroy();
        deaf.kill(Signal.SIGHUP);
    }

    @Test
    void canBeStoppedAndContinuedBySignals() throws Exception {
        ContainerProcess process = sh("trap 'echo got it; exit 0' USR1; echo ready; while :; do sleep 0.05; done");
        BufferedReader reader = process.inputReader();
        assertThat(reader.readLine()).isEqualTo("ready");
        process.kill(Signal.SIGUSR1);
        assertThat(reader.readLine()).isEqualTo("got it");
        assertThat(process.waitFor()).isZero();
    }

    @Test
    void keepsWhatItWroteLastForWhoReadsLate() throws Exception {
        ContainerProcess process = sh("echo out; echo err >&2");
        process.waitFor();
        assertThat(process.getInputStream().readAllBytes()).isEqualTo("out\n".getBytes(StandardCharsets.UTF_8));
        assertThat(process.getErrorStream().readAllBytes()).isEqualTo("err\n".getBytes(StandardCharsets.UTF_8));
        assertThat(process.getInputStream().available()).isZero();
    }

    @Test
    void leavesNoDescriptorsOpenIfNobodyReadsOrClosesItsStreams() throws Exception {
        for (int i = 0; i < 20; i++) {
            assertThat(sh("echo out; echo err >&2; exit 3").waitFor()).isEqualTo(3);
        }
    }

    @Test
    void readersSeeTheEndThoughBackgroundProcessesHaveThePipe() throws Exception {
        ContainerProcess process = sh("sleep 4242 & echo started");
        assertThat(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                .isEqualTo("started\n");
        assertThat(process.waitFor()).isZero();
        container.exec("pkill", "-f", "sleep 4242");
    }

    @Test
    void streamsMuchOutputToASlowReader() throws Exception {
        ContainerProcess process = sh("head -c 3000000 /dev/zero");
        byte[] chunk = new byte[100_000];
        long total = 0;
        for (int count = process.getInputStream().read(chunk); count >= 0; ) {
            total += count;
            Thread.yield();
            count = process.getInputStream().read(chunk);
        }
        assertThat(total).isEqualTo(3_000_000);
        assertThat(process.waitFor()).isZero();
    }

    @Test
    void getsInputThatIsKnownBeforehand() throws Exception {
        ContainerProcess process = container.process(Command.of("cat").stdin(Stdin.text("given")));
        assertThat(process.getInputStream().readAllBytes()).isEqualTo("given".getBytes(StandardCharsets.UTF_8));
        assertThat(process.waitFor()).isZero();
    }

    @Test
    void aClosedStreamSaysSo() throws Exception {
        ContainerProcess process = container.process("cat");
        process.getInputStream().close();
        assertThatThrownBy(() -> process.getInputStream().read())
                .isInstanceOf(IOException.class)
                .hasMessage("the stream is closed");
        process.getOutputStream().close();
        process.waitFor();
    }

    @Test
    void hasATerminalWithCtrlCAndASizeThatChanges() throws Exception {
        ContainerProcess process = container.process(
                Command.of("sh", "-c", "stty size; trap 'stty size' WINCH; echo ready; while :; do sleep 0.05; done")
                        .terminal(new TerminalSize(30, 100)));
        BufferedReader reader =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        assertThat(reader.readLine()).isEqualTo("30 100");
        assertThat(reader.readLine()).isEqualTo("ready");
        process.resize(40, 120);
        assertThat(reader.readLine()).isEqualTo("40 120");
        process.getOutputStream().write(3);
        process.getOutputStream().flush();
        assertThat(process.waitFor()).isEqualTo(130);
        assertThat(process.exitSignal()).contains(Signal.SIGINT);
        assertThatThrownBy(() -> process.resize(24, 80)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void hasNoTerminalUnlessItAskedForOne() throws Exception {
        ContainerProcess process = container.process("cat");
        assertThatThrownBy(() -> process.resize(24, 80))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("has no terminal");
        process.getOutputStream().close();
        process.waitFor();
    }

    @Test
    void hasATerminalOfTheContainersOrNone() throws Exception {
        ContainerProcess process = container.process(Command.of("tty").terminal(new TerminalSize(24, 80)));
        String inside = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(inside).startsWith("/dev/pts/");
        assertThat(process.waitFor()).isZero();
        assertThat(sh("cat /proc/self/stat | cut -d' ' -f7").inputReader().readLine())
                .isEqualTo("0");
    }

    @Test
    void endsWithItsContainer() throws Exception {
        Container other = host.start(Config.ofImage("alpine").init("/bin/sleep", "1000000"));
        ContainerProcess process = other.process("sleep", "1000000");
        other.stop();
        assertThat(process.waitFor()).isEqualTo(137);
        other.destroy();
    }
}

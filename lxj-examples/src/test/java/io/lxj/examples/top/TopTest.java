package io.lxj.examples.top;

import static org.assertj.core.api.Assertions.assertThat;

import io.lxj.Container;
import io.lxj.Lxj;
import io.lxj.config.Config;
import io.lxj.linux.Fd;
import io.lxj.linux.LinuxException;
import io.lxj.linux.Pty;
import io.lxj.linux.Terminal;
import io.lxj.testing.JavaCommand;
import io.lxj.testing.LeaksNothing;
import io.lxj.testing.NeedsContainers;
import io.lxj.testing.NeedsRootfs;
import io.lxj.testing.Screen;
import io.lxj.testing.StateFolder;
import io.lxj.testing.TestRootfs;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The program in a JVM of its own, on a terminal whose other side the test holds; the container is one of this JVM's. */
@NeedsContainers
@NeedsRootfs("busybox")
@LeaksNothing
@Timeout(180)
class TopTest {
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final String LEAVES = "\033[?25h\033[?1049l";

    @StateFolder
    Path folder;

    private Lxj lxj;
    private Container web;

    @BeforeEach
    void start() {
        lxj = Lxj.open(folder.resolve("state"));
        lxj.images().importTarball("busybox", TestRootfs.find("busybox"));
        web = lxj.containers().create("web1", Config.ofImage("busybox").init("/bin/sh", "-c", "while :; do :; done"));
        web.start();
    }

    @AfterEach
    void end() {
        if (web.state().isAlive()) {
            web.stop();
        }
        web.destroy();
        lxj.close();
    }

    private List<String> command() {
        List<String> command = new ArrayList<>(JavaCommand.begin());
        command.addAll(List.of(
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                Top.class.getName(),
                folder.resolve("state").toString()));
        return command;
    }

    private Process start(Fd terminal) throws IOException {
        Path path = Files.readSymbolicLink(Path.of("/proc/self/fd/" + terminal.number()));
        List<String> command = new ArrayList<>(List.of("sh", "-c", "exec setsid -c \"$@\" <>" + path + " >&0", "sh"));
        command.addAll(command());
        return new ProcessBuilder(command).start();
    }

    private static void type(Pty pty, String keys) throws LinuxException {
        pty.master().write(keys.getBytes(StandardCharsets.US_ASCII));
    }

    @Test
    void isSortedByAKeyFollowsTheWindowAndEndsWithTheTerminalAsItWas() throws Exception {
        try (Pty pty = Pty.open();
                Fd terminal = pty.peer()) {
            Pty.resize(terminal, 10, 60);
            Terminal before = Terminal.of(terminal);
            Process top = start(terminal);
            assertThat(Screen.until(pty, "\nweb1 ", LONG))
                    .contains("lxj: 1 containers, 1 running")
                    .doesNotContain("WAITS");
            assertThat(Terminal.of(terminal)).isEqualTo(before.raw());
            Screen.until(pty, "CPU             v", LONG);
            // The container has been measured twice, and spends what it can get.
            assertThat(Screen.until(pty, "|.", LONG)).contains("web1");
            type(pty, "n");
            Screen.until(pty, "NAME            v", LONG);
            type(pty, "r");
            Screen.until(pty, "NAME            ^", LONG);
            Pty.resize(terminal, 10, 130);
            Screen.until(pty, "WAITS cpu/mem/io %", LONG);
            web.freeze();
            Screen.until(pty, "frozen", LONG);
            type(pty, "q");
            Screen.until(pty, LEAVES, LONG);
            assertThat(top.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(top.exitValue()).isZero();
            assertThat(Terminal.of(terminal)).isEqualTo(before);
        }
    }

    @Test
    void controlCAndSigtermLeaveTheTerminalAsItWas() throws Exception {
        try (Pty pty = Pty.open();
                Fd terminal = pty.peer()) {
            Terminal before = Terminal.of(terminal);
            Process top = start(terminal);
            Screen.until(pty, "web1 ", LONG);
            type(pty, "\003");
            Screen.until(pty, LEAVES, LONG);
            assertThat(top.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(Terminal.of(terminal)).isEqualTo(before);
            Process again = start(terminal);
            Screen.until(pty, "web1 ", LONG);
            again.destroy();
            Screen.until(pty, LEAVES, LONG);
            assertThat(again.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(Terminal.of(terminal)).isEqualTo(before);
        }
    }

    @Test
    void withoutATerminalItIsPrintedOnce() throws Exception {
        Process top = new ProcessBuilder(command()).start();
        top.getOutputStream().close();
        String printed = new String(top.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(top.waitFor()).isZero();
        assertThat(printed.lines()).hasSize(4);
        assertThat(printed.lines().skip(3)).allMatch(line -> line.matches("web1 +\\|.*\\d\\.\\d\\d .* running .*"));
    }
}

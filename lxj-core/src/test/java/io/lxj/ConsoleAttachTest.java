package io.lxj;

import static org.assertj.core.api.Assertions.assertThat;

import io.lxj.linux.Fd;
import io.lxj.linux.Pty;
import io.lxj.linux.Terminal;
import io.lxj.testing.JavaCommand;
import io.lxj.testing.LeaksNothing;
import io.lxj.testing.Screen;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Another JVM attaches its own terminal, whose other side the test holds. */
@LeaksNothing
@Timeout(180)
class ConsoleAttachTest {
    private static final Duration LONG = Duration.ofSeconds(60);

    private static Process start(String session, String redirection) throws IOException {
        String classPath = String.join(
                File.pathSeparator,
                System.getProperty("basedir") + "/target/test-classes",
                System.getProperty("basedir") + "/target/classes",
                System.getProperty("jdk.module.path", ""),
                System.getProperty("java.class.path", ""));
        List<String> command = new ArrayList<>(List.of("sh", "-c", "exec " + session + " \"$@\" " + redirection, "sh"));
        command.addAll(JavaCommand.begin());
        command.addAll(List.of("-cp", classPath, AttachingJvm.class.getName()));
        return new ProcessBuilder(command).start();
    }

    private static Process start(Fd terminal) throws IOException {
        return start(
                "setsid -c", "<>" + Files.readSymbolicLink(Path.of("/proc/self/fd/" + terminal.number())) + " >&0");
    }

    @Test
    void putsTheTerminalOfTheJvmRightAfterTheDetachKeys() throws Exception {
        try (Pty pty = Pty.open();
                Fd terminal = pty.peer()) {
            Terminal before = Terminal.of(terminal);
            Process jvm = start(terminal);
            Screen.until(pty, "ready", LONG);
            assertThat(Terminal.of(terminal)).isEqualTo(before.raw());
            pty.master().write("\u0002d".getBytes(StandardCharsets.US_ASCII));
            Screen.until(pty, "end: DETACHED", LONG);
            assertThat(jvm.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(Terminal.of(terminal)).isEqualTo(before);
        }
    }

    @Test
    void putsTheTerminalRightWhenTheJvmIsEndedBySigterm() throws Exception {
        try (Pty pty = Pty.open();
                Fd terminal = pty.peer()) {
            Terminal before = Terminal.of(terminal);
            Process jvm = start(terminal);
            Screen.until(pty, "ready", LONG);
            assertThat(Terminal.of(terminal)).isEqualTo(before.raw());
            jvm.destroy();
            assertThat(jvm.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(jvm.exitValue()).isEqualTo(128 + 15);
            assertThat(Terminal.of(terminal)).isEqualTo(before);
        }
    }

    @Test
    void saysSoWhenTheJvmHasNoTerminal() throws Exception {
        Process jvm = start("env", "");
        assertThat(new String(jvm.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                .startsWith("failed: attach to the console of web1: ioctl(")
                .contains("ENOTTY (Inappropriate ioctl for device); standard input has to be a terminal; without one");
        assertThat(jvm.waitFor()).isZero();
    }
}

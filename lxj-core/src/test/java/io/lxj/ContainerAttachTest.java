package io.lxj;

import static org.assertj.core.api.Assertions.assertThat;

import io.lxj.linux.Fd;
import io.lxj.linux.LinuxException;
import io.lxj.linux.Pty;
import io.lxj.linux.Terminal;
import io.lxj.storage.OtherJvm;
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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A JVM, whose terminal the test sits at, attaches it to the console of a container. */
@NeedsContainers
@NeedsRootfs("busybox")
@LeaksNothing
@Timeout(180)
class ContainerAttachTest {
    private static final Duration LONG = Duration.ofSeconds(60);

    @StateFolder
    Path parent;

    private Path folder() {
        return parent.resolve("state");
    }

    @AfterEach
    void remove() throws IOException {
        TestLxj.remove(folder());
    }

    private Process start(Fd terminal) throws IOException {
        Path name = Files.readSymbolicLink(Path.of("/proc/self/fd/" + terminal.number()));
        List<String> command = new ArrayList<>(List.of("sh", "-c", "exec setsid -c \"$@\" <>" + name + " >&0", "sh"));
        command.addAll(JavaCommand.begin());
        command.addAll(List.of(
                "-Dslf4j.internal.verbosity=ERROR",
                "-cp",
                OtherJvm.classPath(),
                ContainerAttachingJvm.class.getName(),
                folder().toString(),
                TestRootfs.find("busybox").toString()));
        return new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    private static void type(Pty pty, String text) throws IOException {
        pty.master().write(text.getBytes(StandardCharsets.US_ASCII));
    }

    private static String shown(Pty pty, String text) throws LinuxException {
        return Screen.until(pty, text, LONG);
    }

    @Test
    void theConsoleOfAContainerIsTheTerminalOfTheJvm() throws Exception {
        try (Pty pty = Pty.open();
                Fd terminal = pty.peer()) {
            Terminal before = Terminal.of(terminal);
            Pty.resize(pty.master(), 30, 100);
            Process jvm = start(terminal);
            // The container's terminal was of another size.
            shown(pty, "resized: 30 100");
            assertThat(Terminal.of(terminal)).isEqualTo(before.raw());
            type(pty, "hello\r");
            shown(pty, "got hello");
            Pty.resize(pty.master(), 41, 123);
            shown(pty, "resized: 41 123");
            // To the container, not to the JVM.
            type(pty, "\u0003");
            shown(pty, "interrupted");
            type(pty, "\u0001q");
            shown(pty, "first: DETACHED");
            assertThat(Terminal.of(terminal)).isEqualTo(before);
            type(pty, "between\n");
            shown(pty, "read: between");
            Pty.resize(pty.master(), 25, 80);
            shown(pty, "resized: 25 80");
            assertThat(Terminal.of(terminal)).isEqualTo(before.raw());
            type(pty, "stop\r");
            shown(pty, "second: STOPPED");
            assertThat(jvm.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(jvm.exitValue()).isZero();
            assertThat(Terminal.of(terminal)).isEqualTo(before);
        }
    }
}

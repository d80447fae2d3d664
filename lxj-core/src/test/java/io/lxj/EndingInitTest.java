package io.lxj;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lxj.config.Config;
import io.lxj.config.ExitStatus;
import io.lxj.config.Signal;
import io.lxj.error.LxjException;
import io.lxj.error.WrongStateException;
import io.lxj.testing.CProgram;
import io.lxj.testing.LeaksNothing;
import io.lxj.testing.NeedsCommand;
import io.lxj.testing.NeedsContainers;
import io.lxj.testing.NeedsRootfs;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * An init that was killed has no root and no namespaces any more, but it has ended only when all other processes of the
 * container have: here one that a debugger of the host's holds on to.
 */
@NeedsContainers
@NeedsRootfs("alpine")
@NeedsCommand("gcc")
@LeaksNothing
@Timeout(120)
class EndingInitTest {
    @RegisterExtension
    static final TestLxj host = TestLxj.of("alpine");

    @Test
    void canNotBeEntered(@TempDir Path folder) throws Exception {
        Path program = folder.resolve("seize");
        CProgram.build("seize.c", program);
        Container container =
                host.start(Config.ofImage("alpine").init("/bin/sh", "-c", "sleep 1000000 & echo $! >/run/child; wait"));
        container.exec("sh", "-c", "until test -s /run/child; do sleep 0.02; done");
        CompletableFuture<ExitStatus> exit = container.onExit();
        long init = container.pid().orElseThrow();
        String child = Files.readString(Path.of("/proc/" + init + "/task/" + init + "/children"))
                .strip();
        Process debugger = new ProcessBuilder(program.toString(), child)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try {
            assertThat(debugger.inputReader().readLine()).isEqualTo("seized");
            container.kill(Signal.SIGKILL);
            awaitNoNamespaces(init);
            for (int i = 0; i < 10; i++) {
                assertThatThrownBy(() -> container.exec("true"))
                        .isInstanceOf(WrongStateException.class)
                        .hasMessage("exec in " + container.name()
                                + ": the container is STOPPED; this is possible when it is RUNNING");
            }
            assertThatThrownBy(() -> container.files().read("/etc/passwd"))
                    .isInstanceOf(LxjException.class)
                    .hasMessageContaining("ESRCH (No such process); the container's init is ending, or has ended");
            assertThat(exit).isNotDone();
        } finally {
            debugger.getOutputStream().close();
            debugger.waitFor();
        }
        assertThat(exit.get(60, TimeUnit.SECONDS)).isEqualTo(ExitStatus.signaled(Signal.SIGKILL));
        assertThat(container.files().readText("/etc/passwd")).startsWith("root:");
    }

    private static void awaitNoNamespaces(long init) throws InterruptedException {
        while (Files.exists(Path.of("/proc/" + init + "/ns/mnt"))) {
            Thread.sleep(1);
        }
    }
}

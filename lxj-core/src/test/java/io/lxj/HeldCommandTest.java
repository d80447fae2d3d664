package io.lxj;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lxj.config.Command;
import io.lxj.config.Config;
import io.lxj.error.CanceledException;
import io.lxj.error.LxjException;
import io.lxj.testing.CProgram;
import io.lxj.testing.LeaksNothing;
import io.lxj.testing.NeedsCommand;
import io.lxj.testing.NeedsContainers;
import io.lxj.testing.NeedsRootfs;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Processes of a container that hold up a command, which is one of theirs. Whoever executes it waits no longer than wanted. */
@NeedsContainers
@NeedsRootfs("alpine")
@LeaksNothing
@Timeout(120)
class HeldCommandTest {
    private static final Config SLEEPER = Config.ofImage("alpine").init("/bin/sleep", "1000000");

    @RegisterExtension
    static final TestLxj host = TestLxj.of("alpine");

    /** Its init is in a cgroup that the container has frozen: what comes to it stands still before it is the command. */
    private static Container frozenFromInside() {
        Container container = host.start(SLEEPER);
        assertThat(container
                        .exec(
                                "sh",
                                "-ec",
                                "cd /sys/fs/cgroup; mkdir held; echo 1 >held/cgroup.procs; echo 1 >held/cgroup.freeze")
                        .stderr())
                .isEmpty();
        return container;
    }

    @Test
    void aCommandThatIsNotExecutedInItsTimeIsKilled() {
        Container container = frozenFromInside();
        Command command = Command.of("echo", "x").timeout(Duration.ofSeconds(1));
        for (Runnable execution : new Runnable[] {() -> container.exec(command), () -> container.process(command)}) {
            assertThatThrownBy(execution::run)
                    .isInstanceOf(LxjException.class)
                    .hasMessage("exec in " + container.name()
                            + ": echo could not be executed within 1000 ms and was killed; processes of the container"
                            + " can stop, trace or freeze one that enters it");
        }
        container.stop();
    }

    @Test
    void aThreadThatWaitsUntilACommandIsExecutedCanBeInterrupted() throws InterruptedException {
        Container container = frozenFromInside();
        CompletableFuture<Throwable> thrown = new CompletableFuture<>();
        Thread thread = new Thread(() -> {
            try {
                container.exec("true");
            } catch (LxjException e) {
                thrown.complete(e);
            }
        });
        thread.start();
        while (thread.getState() == Thread.State.NEW) {
            Thread.sleep(1);
        }
        thread.interrupt();
        assertThat(thrown.join()).isInstanceOf(CanceledException.class).hasMessageContaining(container.name());
        thread.join();
        container.stop();
    }

    /** Its parent gets the status of a process that is traced when the tracer lets go, which this one doesn't. */
    @Test
    @NeedsCommand("gcc")
    void aCommandThatIsTracedHoldsNobodyUp(@TempDir Path folder) throws IOException, InterruptedException {
        Path program = folder.resolve("seize");
        CProgram.build("seize.c", program);
        Container container = host.start(SLEEPER);
        container.files().write("/seize", Files.readAllBytes(program), 0755);
        CompletableFuture<Void> traced = CompletableFuture.runAsync(
                () -> container.exec(Command.of("sleep", "777").timeout(Duration.ofSeconds(3))));
        ContainerProcess tracer = container.process(
                "sh", "-c", "until pid=$(pgrep -f '^sleep 777'); do sleep 0.02; done; exec /seize $pid");
        try (BufferedReader lines = tracer.inputReader()) {
            assertThat(lines.readLine()).isEqualTo("seized");
            assertThatThrownBy(traced::join)
                    .isInstanceOf(CompletionException.class)
                    .hasMessageContaining("sleep did not end within 3000 ms and was killed");
            assertThat(tracer.isAlive()).isTrue();
            assertThat(container
                            .exec("sh", "-c", "ps -o stat,args | grep -c '^Z.*sleep'")
                            .stdout())
                    .isEqualTo("1\n");
        }
        tracer.getOutputStream().close();
        tracer.waitFor();
        container.stop();
    }
}

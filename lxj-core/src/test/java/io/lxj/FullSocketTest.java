package io.lxj;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lxj.config.Config;
import io.lxj.error.CanceledException;
import io.lxj.error.LxjException;
import io.lxj.testing.CProgram;
import io.lxj.testing.LeaksNothing;
import io.lxj.testing.NeedsCommand;
import io.lxj.testing.NeedsContainers;
import io.lxj.testing.NeedsRootfs;
import java.io.BufferedReader;
import java.io.OutputStream;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Connections to a socket of a container that takes no more of them for now. */
@NeedsContainers
@NeedsRootfs("alpine")
@NeedsCommand("gcc")
@LeaksNothing
@Timeout(120)
class FullSocketTest {
    @RegisterExtension
    static final TestLxj host = TestLxj.of("alpine");

    @TempDir
    Path folder;

    private Container container;
    private ContainerProcess listener;
    private BufferedReader said;
    private SocketChannel first;

    @BeforeEach
    void fill() throws Exception {
        container = host.start(Config.ofImage("alpine").init("/bin/sleep", "1000000"));
        CProgram.build("backlog.c", folder.resolve("backlog"));
        container.files().write("/backlog", Files.readAllBytes(folder.resolve("backlog")), 0755);
        listener = container.process("/backlog");
        said = listener.inputReader();
        assertThat(said.readLine()).isEqualTo("listening");
        first = container.connect("full");
    }

    @AfterEach
    void close() throws Exception {
        first.close();
        listener.destroyForcibly().waitFor();
        said.close();
        listener.getErrorStream().close();
        listener.getOutputStream().close();
    }

    private CompletableFuture<SocketChannel> second() throws Exception {
        CompletableFuture<SocketChannel> second = CompletableFuture.supplyAsync(() -> container.connect("full"));
        assertThatThrownBy(() -> second.get(500, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);
        return second;
    }

    @Test
    void aConnectionWaitsUntilThereIsRoom() throws Exception {
        CompletableFuture<SocketChannel> second = second();
        OutputStream input = listener.getOutputStream();
        input.write('\n');
        input.flush();
        try (SocketChannel connected = second.get()) {
            assertThat(connected.isConnected()).isTrue();
        }
    }

    @Test
    void whoWaitsCanBeInterrupted() throws Exception {
        CompletableFuture<Throwable> outcome = new CompletableFuture<>();
        Thread waiting = new Thread(() -> {
            try {
                container.connect("full").close();
                outcome.complete(null);
            } catch (Throwable e) {
                outcome.complete(e);
            }
        });
        waiting.start();
        assertThatThrownBy(() -> outcome.get(500, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);
        waiting.interrupt();
        assertThat(outcome.get())
                .isInstanceOf(CanceledException.class)
                .hasMessageContaining("connect to full of " + container.name());
        waiting.join();
    }

    @Test
    void theEndOfTheContainerEndsTheWait() throws Exception {
        CompletableFuture<SocketChannel> second = second();
        container.stop();
        assertThatThrownBy(second::get)
                .isInstanceOf(ExecutionException.class)
                .cause()
                .isInstanceOf(LxjException.class)
                .hasMessageContaining("connect to full of " + container.name());
    }
}

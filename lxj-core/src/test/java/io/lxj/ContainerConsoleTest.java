package io.lxj;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lxj.config.Config;
import io.lxj.config.OnExit;
import io.lxj.error.LxjException;
import io.lxj.testing.LeaksNothing;
import io.lxj.testing.NeedsRoot;
import io.lxj.testing.NeedsRootfs;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@NeedsRoot
@NeedsRootfs("alpine")
@LeaksNothing
@Timeout(120)
class ContainerConsoleTest {
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final Config ECHO = Config.ofImage("alpine")
            .init("/bin/sh", "-c", "echo hello; tty; while read line; do echo \"got $line\"; done");

    private static TestLxj host;

    @BeforeAll
    static void open() throws IOException {
        host = TestLxj.open("alpine");
        // What lxj opens once and keeps is there from now on.
        host.start(ECHO);
        host.start(ECHO.onExit(OnExit.KEEP));
        host.clear();
    }

    @AfterEach
    void clear() {
        host.clear();
    }

    @AfterAll
    static void close() throws IOException {
        host.close();
    }

    @ParameterizedTest
    @EnumSource
    void showsWhatTheInitWritesAndTypesWhatItIsGiven(OnExit onExit) throws Exception {
        Container container = host.start(ECHO.onExit(onExit));
        container.console().waitFor("/dev/pts/0", LONG);
        container.console().send("one\n");
        container.console().waitFor("got one", LONG);
        assertThat(container.console().tailText(10)).contains("hello", "got one");
        container.stop();
        assertThat(container.console().log()).contains("hello").contains("got one");
    }

    @Test
    void goesOnAfterTheNextStart() throws Exception {
        Container container = host.start(ECHO);
        Console console = container.console();
        console.waitFor("hello", LONG);
        container.stop();
        assertThatThrownBy(() -> console.send("nobody\n"))
                .isInstanceOf(LxjException.class)
                .hasMessageContaining("isn't running");
        container.start();
        console.send("again\n");
        console.waitFor("got again", LONG);
    }
}

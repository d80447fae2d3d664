package io.lxj;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lxj.config.Config;
import io.lxj.config.OnExit;
import io.lxj.error.LxjException;
import io.lxj.testing.LeaksNothing;
import io.lxj.testing.NeedsContainers;
import io.lxj.testing.NeedsRootfs;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@NeedsContainers
@NeedsRootfs("alpine")
@LeaksNothing
@Timeout(120)
class ContainerConsoleTest {
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final Config ECHO = Config.ofImage("alpine")
            .init("/bin/sh", "-c", "echo hello; tty; while read line; do echo \"got $line\"; done");

    @RegisterExtension
    static final TestLxj host = TestLxj.of("alpine");

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

package io.lxj;

import static io.lxj.TestLxj.LONG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lxj.config.Config;
import io.lxj.config.ExitStatus;
import io.lxj.config.Signal;
import io.lxj.config.State;
import io.lxj.error.LxjException;
import io.lxj.testing.LeaksNothing;
import io.lxj.testing.NeedsContainers;
import io.lxj.testing.NeedsRootfs;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a configuration says of the first process. */
@NeedsContainers
@NeedsRootfs("alpine")
@LeaksNothing
@Timeout(120)
class InitSettingsTest {
    /** Says which signal it got, and ends with a number for it. */
    private static final String TRAPS =
            "trap 'echo one; exit 1' USR1; trap 'echo two; exit 2' USR2; trap '' TERM; echo begun; while :; do sleep 1; done";

    @RegisterExtension
    static final TestLxj host = TestLxj.of("alpine");

    private static Config trapping() {
        return Config.ofImage("alpine").init("/bin/sh", "-c", TRAPS);
    }

    private static Container begun(Config config) throws Exception {
        Container container = host.start(config);
        container.console().waitFor("begun", LONG);
        return container;
    }

    @Test
    void aShutdownSendsTheSignalThatIsConfigured() throws Exception {
        Container container = begun(trapping().stopSignal(Signal.SIGUSR1));
        assertThat(container.shutdown()).isEqualTo(ExitStatus.exited(1));
        assertThat(container.console().tailText(100)).endsWith("one");
    }

    @Test
    void aRebootSendsTheSignalThatIsConfiguredAndStartsAgain() throws Exception {
        Container container = begun(trapping().rebootSignal(Signal.SIGUSR2));
        long first = container.pid().orElseThrow();
        container.reboot();
        assertThat(container.pid().orElseThrow()).isNotEqualTo(first);
        assertThat(container.lastExit()).contains(ExitStatus.exited(2));
    }

    @Test
    void aContainerThatIsFrozenReboots() throws Exception {
        Container container = begun(trapping().rebootSignal(Signal.SIGUSR2).stopTimeout(LONG));
        long first = container.pid().orElseThrow();
        container.freeze();
        container.reboot();
        assertThat(container.state()).isEqualTo(State.RUNNING);
        assertThat(container.pid().orElseThrow()).isNotEqualTo(first);
    }

    @Test
    void whatDoesNotEndInTheTimeThatIsConfiguredIsKilled() throws Exception {
        Container container = begun(trapping().stopTimeout(Duration.ofMillis(300)));
        ExitStatus exit = container.shutdown();
        assertThat(exit.cause()).isEqualTo(ExitStatus.Cause.KILLED);
        assertThat(exit.toString()).contains("did not shut down within 300 ms");
    }

    /** Whoever reads a log need not read what may be a secret. */
    @Test
    void valuesOfTheEnvironmentAreNotTold() throws Exception {
        Container container =
                host.create(Config.ofImage("alpine").init("/no/init").env("DB_PASSWORD", "hunter2"));
        assertThatThrownBy(container::start)
                .hasMessageContaining("execve(\"/no/init\"")
                .hasMessageContaining("DB_PASSWORD")
                .hasMessageNotContaining("hunter2");
    }

    @Test
    void theInitBeginsInItsWorkingDirectory() throws Exception {
        Container container = host.start(
                Config.ofImage("alpine").init("/bin/sh", "-c", "pwd; read x").workingDirectory("/usr/bin"));
        container.console().waitFor("/usr/bin", LONG);
    }

    @Test
    void theHostNameOfANameThatIsNoneIsTheSameEverywhere() throws Exception {
        Container container = host.lxj()
                .containers()
                .create("my_app.a_", Config.ofImage("alpine").init("/bin/sleep", "1000000"));
        try {
            container.start();
            assertThat(container
                            .exec("sh", "-c", "hostname; cat /etc/hostname; grep -c my-app.a /etc/hosts")
                            .stdout())
                    .isEqualTo("my-app.a\nmy-app.a\n1\n");
            container.stop();
        } finally {
            container.destroy();
        }
    }

    private static String names(Container container) {
        return container
                .exec("sh", "-c", "hostname; cat /etc/hostname; tail -n +2 /etc/hosts | head -n 1")
                .stdout();
    }

    @Test
    void anotherHostNameHoldsFromTheNextStartOn() throws Exception {
        Config config = Config.ofImage("alpine").init("/bin/sleep", "1000000");
        Container container = host.start(config);
        container.configure(container.config().hostname("one.example"));
        assertThat(container.exec("hostname").stdout()).isEqualTo(container.name() + "\n");
        container.stop();
        container.start();
        assertThat(names(container)).isEqualTo("one.example\none.example\n127.0.1.1\tone.example one\n");
        container.stop();
        // What somebody has written there stays.
        container.files().write("/etc/hostname", "own\n");
        container.configure(container.config().hostname("two"));
        container.start();
        assertThat(names(container)).isEqualTo("two\nown\n127.0.1.1\ttwo\n");
        assertThatThrownBy(() ->
                        container.configure(container.config().hostname("three").storage(io.lxj.config.Storage.COPY)))
                .hasMessageContaining("storage");
        assertThat(names(container)).isEqualTo("two\nown\n127.0.1.1\ttwo\n");
    }

    @Test
    void aContainerWithAnotherNameHasAnotherHostName() throws Exception {
        Container container = host.create(Config.ofImage("alpine").init("/bin/sleep", "1000000"));
        Container renamed = container.rename("other_" + container.name());
        String name = "other-" + container.name();
        renamed.start();
        assertThat(names(renamed)).isEqualTo(name + "\n" + name + "\n127.0.1.1\t" + name + "\n");
    }

    @Test
    void whatIsMissingIsSaidAtTheStartOfWhatIsNoWholeSystem() throws Exception {
        Image image;
        try (ImageBuilder builder = host.lxj().images().builder()) {
            image = builder.folder("/srv").build("bare");
        }
        try {
            assertThat(image.info().warnings()).isNotEmpty();
            Container container = host.create(Config.of(image));
            assertThatThrownBy(container::start)
                    .isInstanceOf(LxjException.class)
                    .hasMessageStartingWith("start " + container.name() + ": image bare has no init (")
                    .hasMessageContaining(image.info().warnings().get(0))
                    .hasMessageContaining("Config.init(...)");
            assertThat(container.state()).isEqualTo(State.STOPPED);
            container.destroy();
        } finally {
            image.delete();
        }
    }
}

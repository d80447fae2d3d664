package io.lxj;

import static io.lxj.TestLxj.LONG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lxj.config.Command;
import io.lxj.config.Config;
import io.lxj.config.State;
import io.lxj.error.InvalidConfigException;
import io.lxj.error.LxjException;
import io.lxj.testing.LeaksNothing;
import io.lxj.testing.NeedsContainers;
import io.lxj.testing.NeedsRootfs;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The terminals that a container has beside its console. */
@NeedsContainers
@NeedsRootfs("alpine")
@LeaksNothing
@Timeout(300)
class TtyTest {
    /** Answers on each of its terminals, and says on the console what it was told of them. */
    private static final Config ECHO = Config.ofImage("alpine")
            .ttys(2)
            .console(Config.ofImage("alpine").console().size(30, 100))
            .init(
                    "/bin/sh",
                    "-c",
                    "for tty in $container_ttys; do (stty size; tty; while read line; do echo got $line; done)"
                            + " </dev/$tty >/dev/$tty 2>&1 & done; echo terminals: $container_ttys of $(ls /dev/pts);"
                            + " wait; sleep 1000000");

    @RegisterExtension
    static final TestLxj host = TestLxj.of("alpine");

    @Test
    void eachIsATerminalOfTheContainersOwn() throws Exception {
        Container container = host.start(ECHO);
        container.console().waitFor("terminals: pts/1 pts/2 of 0 1 2 ptmx", LONG);
        for (int number = 1; number <= 2; number++) {
            Console tty = container.tty(number);
            tty.waitFor("30 100\n/dev/pts/" + number + "\n", LONG);
            tty.send("number " + number + "\n");
            tty.waitFor("got number " + number, LONG);
        }
        assertThat(container.tty(1).tailText(10)).doesNotContain("number 2");
        assertThat(container.console().tailText(10)).doesNotContain("got");
        assertThat(container.tty(1)).hasToString("tty 1 of " + container.name());
        assertThat(container.tty(1).log()).isEmpty();
        assertThat(container.console().log()).contains("terminals").doesNotContain("got");
        container.tty(2).resize(7, 70);
        assertThat(container
                        .exec("sh", "-c", "stty size </dev/pts/1; stty size </dev/pts/2")
                        .stdout())
                .isEqualTo("30 100\n7 70\n");
    }

    @Test
    void goesOnAfterTheNextStart() throws Exception {
        Container container = host.create(ECHO);
        Console tty = container.tty(1);
        assertThatThrownBy(() -> tty.send("nobody\n"))
                .isInstanceOf(LxjException.class)
                .hasMessageStartingWith("type on tty 1 of " + container.name() + ": ")
                .hasMessageContaining("isn't running");
        for (String run : new String[] {"first", "second"}) {
            container.start();
            tty.waitFor("/dev/pts/1", LONG);
            tty.send(run + "\n");
            tty.waitFor("got " + run, LONG);
            container.stop();
        }
        assertThat(tty.tailText(100)).contains("got first", "got second");
    }

    @Test
    void theEndOfTheContainerIsThatOfItsOutput() throws Exception {
        Container container = host.start(ECHO);
        try (ConsoleStream stream = container.tty(1).followFromStart()) {
            container.tty(1).waitFor("/dev/pts/1", LONG);
            container.stop();
            assertThat(new String(stream.readAllBytes())).contains("/dev/pts/1");
        }
        assertThat(container.state()).isEqualTo(State.STOPPED);
    }

    @Test
    void thereAreAsManyAsTheConfigurationSays() {
        Container container = host.create(ECHO);
        assertThatThrownBy(() -> container.tty(3))
                .isInstanceOf(InvalidConfigException.class)
                .hasMessage("tty: \"3\" is not allowed; allowed: a number from 1 to 2");
        assertThatThrownBy(() -> container.tty(0)).isInstanceOf(InvalidConfigException.class);
        Container without = host.create("alpine");
        assertThatThrownBy(() -> without.tty(1))
                .isInstanceOf(InvalidConfigException.class)
                .hasMessage("tty: \"1\" is not allowed; allowed: none, since Config.ttys is 0");
        assertThat(without.launchPlan()).doesNotContain("pts/1");
    }

    @Test
    void onlyTheJvmThatStartsTheContainerHasThem() throws Exception {
        Container container = host.start(ECHO);
        container.tty(1).waitFor("/dev/pts/1", LONG);
        try (Lxj other = Lxj.open(host.folder())) {
            Console tty = other.containers().get(container.name()).tty(1);
            assertThatThrownBy(() -> tty.send("x"))
                    .isInstanceOf(LxjException.class)
                    .hasMessageContaining("runs under another JVM that has its terminal");
        }
    }

    @Test
    @NeedsRootfs("debian-12")
    void systemdRunsALoginOnEach() throws Exception {
        host.add("debian-12");
        Container debian = host.start(Config.ofImage("debian-12").ttys(2));
        debian.awaitReady(LONG);
        debian.exec(Command.of("sh", "-c", "echo root:secret | chpasswd").timeout(LONG));
        for (int number = 1; number <= 2; number++) {
            debian.tty(number).waitFor(debian.name() + " login:", LONG);
        }
        Console tty = debian.tty(1);
        tty.send("root\r");
        tty.waitFor("Password:", LONG);
        tty.send("secret\r");
        tty.waitFor("~#", LONG);
        tty.send("echo $(tty) is $((6 * 7))\r");
        tty.waitFor("/dev/pts/1 is 42", LONG);
        assertThat(debian.exec("systemctl", "is-system-running").stdout()).isEqualTo("running\n");
        assertThat(debian.console().tailText(1000)).doesNotContain("is 42");
        debian.shutdown(Duration.ofSeconds(60));
    }
}

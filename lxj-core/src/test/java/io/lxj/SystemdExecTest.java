package io.lxj;

import static org.assertj.core.api.Assertions.assertThat;

import io.lxj.config.Command;
import io.lxj.config.ExecResult;
import io.lxj.testing.LeaksNothing;
import io.lxj.testing.NeedsContainers;
import io.lxj.testing.NeedsRootfs;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Commands beside a systemd, which takes its cgroup tree for its own: it keeps processes out of every cgroup that has
 * others below it, and a process that somebody puts there keeps it from handing on controllers.
 */
@NeedsContainers
@NeedsRootfs("debian-12")
@LeaksNothing
@Timeout(300)
class SystemdExecTest {
    private static final String LEAF = "cgroup=/sys/fs/cgroup$(sed -n s/^0:://p /proc/self/cgroup); echo $cgroup;"
            + " find $cgroup -mindepth 1 -type d";

    @RegisterExtension
    final TestLxj host = TestLxj.of("debian-12");

    private Container debian;

    @BeforeEach
    void open() throws IOException {
        debian = host.create("debian-12");
    }

    private String sh(String script) {
        ExecResult result = debian.exec(Command.of("sh", "-c", script).timeout(TestLxj.LONG));
        assertThat(result.stderr()).as(script).isEmpty();
        assertThat(result.exitCode()).as(script).isZero();
        return result.stdout();
    }

    private void isUndisturbed() {
        assertThat(sh("cat /sys/fs/cgroup/cgroup.procs")).isEmpty();
        assertThat(sh("systemctl list-units --failed --plain --no-legend")).isEmpty();
        assertThat(sh("systemctl is-system-running")).isEqualTo("running\n");
    }

    @Test
    void aCommandIsBornInTheLeafThatHoldsTheInit() {
        debian.start();
        BootTest.awaitSystemd(debian);
        assertThat(sh(LEAF)).isEqualTo("/sys/fs/cgroup/init.scope\n");
        assertThat(debian.exec(Command.of("sh", "-c", LEAF).terminal(new io.lxj.config.TerminalSize(24, 80)))
                        .stdout())
                .isEqualTo("/sys/fs/cgroup/init.scope\r\n");
        isUndisturbed();
    }

    @Test
    void commandsDoNotDisturbTheBootThatTheyRunBeside() {
        debian.start();
        for (int i = 0; i < 100; i++) {
            assertThat(sh("echo " + i)).isEqualTo(i + "\n");
        }
        assertThat(BootTest.awaitSystemd(debian).stdout()).isEqualTo("running\n");
        isUndisturbed();
    }

    @Test
    void theManagerGoesOnWithItsUnitsWhileCommandsRun() {
        debian.start();
        BootTest.awaitSystemd(debian);
        List<CompletableFuture<String>> commands = IntStream.range(0, 10)
                .mapToObj(i -> CompletableFuture.supplyAsync(
                        () -> sh("for i in 1 2 3 4 5; do sleep 0.2; echo $i; done"), task -> new Thread(task).start()))
                .toList();
        sh("systemctl daemon-reload; systemctl daemon-reexec");
        assertThat(sh("systemd-run --quiet --wait --pipe cat /proc/self/cgroup"))
                .contains("0::/system.slice/run-");
        sh("systemctl restart systemd-journald");
        commands.forEach(command -> assertThat(command.join()).isEqualTo("1\n2\n3\n4\n5\n"));
        assertThat(sh(LEAF)).isEqualTo("/sys/fs/cgroup/init.scope\n");
        isUndisturbed();
    }
}

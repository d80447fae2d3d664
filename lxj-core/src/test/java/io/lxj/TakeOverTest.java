package io.lxj;

import static org.assertj.core.api.Assertions.assertThat;

import io.lxj.config.Config;
import io.lxj.config.ExitStatus;
import io.lxj.config.OnExit;
import io.lxj.config.State;
import io.lxj.testing.LeaksNothing;
import io.lxj.testing.NeedsContainers;
import io.lxj.testing.NeedsRootfs;
import io.lxj.testing.StateFolder;
import io.lxj.testing.TestRootfs;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A container that is kept, used by whoever opens the state folder next. An ordinary user's is in a user namespace that the
 * next one didn't make.
 */
@NeedsContainers
@NeedsRootfs("busybox")
@LeaksNothing
@Timeout(120)
class TakeOverTest {
    @StateFolder
    Path parent;

    private Lxj open() {
        return Lxj.open(parent.resolve("state"));
    }

    @Test
    void theNextDoesWhatTheFirstCould() throws Exception {
        try (Lxj first = open()) {
            first.images().importTarball("busybox", TestRootfs.find("busybox"));
            Container container = first.containers()
                    .create(
                            "kept",
                            Config.ofImage("busybox")
                                    .onExit(OnExit.KEEP)
                                    .init("/bin/sh", "-c", "echo first; while :; do sleep 0.1; done"));
            container.start();
        }
        try (Lxj second = open()) {
            Container container = second.containers().get("kept");
            assertThat(container.state()).isEqualTo(State.RUNNING);
            assertThat(container.exec("sh", "-c", "id -u; tty").stdout()).isEqualTo("0\nnot a tty\n");
            container.files().write("/run/written", "by the second\n");
            assertThat(container.exec("cat", "/run/written").stdout()).isEqualTo("by the second\n");
            assertThat(container.exec("sh", "-c", "echo second >/dev/console").exitCode())
                    .isZero();
            container.freeze();
            container.unfreeze();
            assertThat(container.stop().cause()).isEqualTo(ExitStatus.Cause.KILLED);
            assertThat(container.console().log()).contains("first").contains("second");
            container.destroy();
            second.images().get("busybox").delete();
        }
    }
}

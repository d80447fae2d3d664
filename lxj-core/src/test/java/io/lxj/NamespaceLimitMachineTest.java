package io.lxj;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lxj.config.Config;
import io.lxj.config.State;
import io.lxj.error.LaunchException;
import io.lxj.testing.LeaksNothing;
import io.lxj.testing.NeedsRootfs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A machine on which nobody gets another network namespace, which the stage makes while the JVM sets up those before. */
@EnabledIfEnvironmentVariable(named = "LXJ_MACHINE", matches = "1", disabledReason = "it is for .ci/vm")
@Tag("oldest-only")
@NeedsRootfs("alpine")
@LeaksNothing
@Timeout(900)
class NamespaceLimitMachineTest {
    private static final Path LIMIT = Path.of("/proc/sys/user/max_net_namespaces");

    @RegisterExtension
    static final TestLxj host = TestLxj.of("alpine");

    @Test
    void aStartSaysWhatIsMissingAndLeavesNothing() throws IOException {
        Config config = Config.ofImage("alpine").init("/bin/sleep", "1000000");
        for (Container container : List.of(host.create(config), host.create(config.privileged()))) {
            String before = Files.readString(LIMIT);
            Files.writeString(LIMIT, "0");
            try {
                for (int i = 0; i < 20; i++) {
                    assertThatThrownBy(container::start)
                            .isInstanceOf(LaunchException.class)
                            .hasMessageContaining("make its network namespace: unshare(0x40000000): ENOSPC")
                            .hasMessageEndingWith("too many namespaces: see /proc/sys/user/max_*_namespaces");
                }
                assertThat(container.state()).isEqualTo(State.STOPPED);
            } finally {
                Files.writeString(LIMIT, before);
            }
            container.start();
            assertThat(container.exec("echo", "there").stdout()).isEqualTo("there\n");
        }
    }
}

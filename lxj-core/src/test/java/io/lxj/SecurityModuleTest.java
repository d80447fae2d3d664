package io.lxj;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lxj.config.Config;
import io.lxj.config.Security;
import io.lxj.config.State;
import io.lxj.error.LaunchException;
import io.lxj.error.UnsupportedHostException;
import io.lxj.linux.SecurityModules;
import io.lxj.testing.LeaksNothing;
import io.lxj.testing.NeedsContainers;
import io.lxj.testing.NeedsRootfs;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Profiles and labels of security modules, on whatever host this is: which modules it has is said when it boots. */
@NeedsContainers
@NeedsRootfs("busybox")
@LeaksNothing
@Timeout(120)
class SecurityModuleTest {
    @RegisterExtension
    static final TestLxj host = TestLxj.of("busybox");

    private static Config config(Security security) {
        return Config.ofImage("busybox").security(security).init("/bin/sleep", "1000000");
    }

    @Test
    void anAppArmorProfileThatDoesNotExistIsRefused() {
        refused(Security.DEFAULT.appArmor("lxj-no-such-profile"), SecurityModules.hasAppArmor());
    }

    @Test
    void anSeLinuxLabelThatDoesNotExistIsRefused() {
        refused(Security.DEFAULT.seLinux("no_u:such_r:label_t:s0"), SecurityModules.hasSeLinux());
    }

    /** When the container is created, on a host without the module; when it is started, on one that has it. */
    private static void refused(Security security, boolean inForce) {
        if (!inForce) {
            assertThatThrownBy(() -> host.lxj().containers().create("labeled", config(security)))
                    .isInstanceOf(UnsupportedHostException.class)
                    .hasMessageContaining(" in force; ");
            assertThat(host.lxj().containers().find("labeled")).isEmpty();
            return;
        }
        Container container = host.create(config(security));
        assertThatThrownBy(container::start)
                .isInstanceOf(LaunchException.class)
                .hasMessageContaining("isn't known on this host");
        assertThat(container.state()).isEqualTo(State.STOPPED);
    }

    @Test
    void theUnconfinedProfileIsThereWhereAppArmorIs() {
        Security unconfined = Security.DEFAULT.appArmor("unconfined");
        if (!SecurityModules.hasAppArmor()) {
            refused(unconfined, false);
            return;
        }
        Container container = host.start(config(unconfined));
        assertThat(container
                        .exec("cat", "/proc/1/attr/current", "/proc/self/attr/current")
                        .stdout())
                .isEqualTo("unconfined\nunconfined\n");
    }
}

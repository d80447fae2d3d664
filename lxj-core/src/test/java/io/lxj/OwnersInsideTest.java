package io.lxj;

import static org.assertj.core.api.Assertions.assertThat;

import io.lxj.config.Config;
import io.lxj.testing.Caller;
import io.lxj.testing.LeaksNothing;
import io.lxj.testing.NeedsContainers;
import io.lxj.testing.NeedsRootfs;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Whatever is mounted in a container with a user namespace belongs to ids that it has, but for what is the host kernel's. */
@NeedsContainers
@NeedsRootfs("alpine")
@LeaksNothing
@Timeout(120)
class OwnersInsideTest {
    private static final Config ALPINE = Config.ofImage("alpine").init("/bin/sleep", "1000000");

    /**
     * procfs and sysfs show what belongs to the host's root; of a cgroup only what is delegated belongs to the container, see
     * "Delegation" in the kernel's cgroup-v2.rst. lxcfs gives its files to the host's root, too.
     */
    private static final String OF_THE_KERNEL =
            "$3 != \"proc\" && $3 != \"sysfs\" && $3 != \"cgroup2\" && $3 !~ \"lxcfs\"";

    /** Where those are mounted. An ordinary user's containers have the host's own device nodes, as none can be made. */
    private static final String PLACES = "^/proc$\\|^/sys$\\|^/run/host/nesting/"
            + (Caller.isRoot() ? "" : "\\|^/dev/\\(full\\|null\\|random\\|tty\\|urandom\\|zero\\)$");

    private static final String STRANGERS = "awk '" + OF_THE_KERNEL
            + " { print $2 }' /proc/mounts | sort -u | while read -r place; do find $place -xdev \\( -user 65534 -o -group"
            + " 65534 \\) | grep -v '" + PLACES + "'; done; stat -c %U:%G /dev/mqueue /dev/shm /dev/pts /run/host /";

    @RegisterExtension
    static final TestLxj host = TestLxj.of("alpine");

    private static String strangers(Container container) {
        return container.exec("sh", "-c", STRANGERS).stdout();
    }

    @Test
    void nothingIsNobodys() {
        Config config = Caller.isRoot() ? ALPINE.nesting(1) : ALPINE;
        for (Container container : new Container[] {host.start(ALPINE), host.start(config)}) {
            assertThat(strangers(container)).isEqualTo("root:root\n".repeat(5));
            // Its owner may do more than others: everybody may make queues there.
            assertThat(container
                            .exec("sh", "-c", "chmod 755 /dev/mqueue && stat -c %a /dev/mqueue; touch /dev/mqueue/own")
                            .stdout())
                    .isEqualTo("755\n");
        }
    }
}

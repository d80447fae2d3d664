package io.lxj;

import static org.assertj.core.api.Assertions.assertThat;

import io.lxj.config.Config;
import io.lxj.config.ExecResult;
import io.lxj.testing.LeaksNothing;
import io.lxj.testing.NeedsContainers;
import io.lxj.testing.NeedsRootfs;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Containers of other tools, inside a container that isn't told that it will have some. */
@NeedsContainers
@NeedsRootfs("debian-12-containers")
@LeaksNothing
@Timeout(300)
class NestingTest {
    /** A root file system of one program, and a bundle of the OCI around it. */
    private static final String BUNDLE =
            "mkdir -p /bundle/rootfs/bin; cd /bundle; cp /bin/busybox rootfs/bin; ln -s busybox rootfs/bin/sh; ";

    @RegisterExtension
    static final TestLxj host = TestLxj.of("debian-12-containers");

    private Container container;

    @BeforeEach
    void start() {
        container = host.start(Config.ofImage("debian-12-containers").init("/bin/sleep", "1000000"));
    }

    private String sh(String script) {
        ExecResult result = container.exec("sh", "-ec", script);
        assertThat(result.stderr()).isEmpty();
        assertThat(result.exitCode()).isZero();
        return result.stdout().replaceAll(" +", " ");
    }

    @Test
    void aUserNamespaceInsideHasAProcAndASysOfItsOwn() {
        String script = "mount -t proc proc /proc; mount -t sysfs -o ro sysfs /sys; echo $$; ls /sys/class/net; id -u";
        assertThat(sh("unshare --user --map-root-user --mount --pid --fork --net sh -ec '" + script + "'"))
                .isEqualTo("1\nlo\n0\n");
    }

    @Test
    void onlyRootCanGetToWhatMakesThatPossible() {
        sh("useradd joe");
        assertThat(container
                        .exec("su", "joe", "-c", "ls /run/host/nesting/proc")
                        .stderr())
                .contains("Permission denied");
    }

    @Test
    void bubblewrapRunsForRootAndForAnOrdinaryUser() {
        String script = "bwrap --unshare-all --ro-bind / / --proc /proc --dev /dev"
                + " sh -ec \"id -u; cat /proc/1/comm; echo >/dev/null\"";
        assertThat(sh(script)).isEqualTo("0\nbwrap\n");
        sh("useradd joe");
        assertThat(sh("su joe -c '" + script + "'")).isEqualTo("1000\nbwrap\n");
    }

    @Test
    void crunRunsAContainerWithOneId() {
        sh(BUNDLE + "crun spec --rootless");
        assertThat(sh(crun("id -u; cat /proc/self/uid_map; echo >/dev/null; echo $$")))
                .isEqualTo("0\n 0 0 1\n1\n");
    }

    @Test
    void crunRunsAContainerWithTheIdsOfTheOneAround() {
        // What that one doesn't have it can't give away: the capability to write to the kernel's audit log.
        sh(BUNDLE + "crun spec; sed -i /CAP_AUDIT_WRITE/d config.json");
        assertThat(sh(crun("cat /proc/self/uid_map; stat -c %t:%T /dev/null; echo >/dev/null")))
                .isEqualTo(sh("cat /proc/self/uid_map") + "1:3\n");
    }

    private static String crun(String script) {
        return "cd /bundle; sed -i 's/\"terminal\": true/\"terminal\": false/; s|\"sh\"$|\"sh\", \"-ec\", \"" + script
                + "\"|' config.json; crun run inner";
    }
}

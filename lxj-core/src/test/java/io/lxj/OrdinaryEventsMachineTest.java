package io.lxj;

import static org.assertj.core.api.Assertions.assertThat;

import io.lxj.testing.LeaksNothing;
import io.lxj.testing.PortableJvm;
import io.lxj.testing.TestRootfs;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;

/** Limits and events of a user who has nothing but an id and a cgroup, in which there are all controllers. */
@EnabledIfEnvironmentVariable(named = "LXJ_MACHINE", matches = "1", disabledReason = "it is for .ci/vm")
@Tag("newest-only")
@LeaksNothing
@Timeout(900)
class OrdinaryEventsMachineTest {
    private static final String USER = "65534";
    private static final Path TOP = Path.of("/sys/fs/cgroup");
    private static final Path OWN = TOP.resolve("ordinary");

    @BeforeEach
    void delegate() throws Exception {
        Files.writeString(TOP.resolve("cgroup.subtree_control"), "+cpu +io +memory +pids");
        Path tests = Files.createDirectories(OWN.resolve("tests"));
        for (Path cgroup : List.of(OWN, tests)) {
            Programs.run("chown", USER, cgroup.toString());
            for (String file : List.of("cgroup.procs", "cgroup.threads", "cgroup.subtree_control")) {
                Programs.run("chown", USER, cgroup.resolve(file).toString());
            }
        }
    }

    @AfterEach
    void remove() throws Exception {
        Files.delete(OWN.resolve("tests"));
        Files.delete(OWN);
    }

    @Test
    void isToldOfEverythingButWhoWasKilled() throws Exception {
        List<String> launcher = List.of(
                "env",
                "LXJ_TEST_ROOTFS=" + TestRootfs.find("busybox").getParent(),
                "sh",
                "-ec",
                "echo $$ >" + OWN + "/tests/cgroup.procs; exec setpriv --reuid=" + USER + " --regid=" + USER
                        + " --clear-groups \"$@\"",
                "sh");
        try (PortableJvm jvm = PortableJvm.copy()) {
            // The kernel's log is not for everybody.
            assertThat(jvm.run(launcher, OrdinaryEventsJvm.class).lines())
                    .endsWith("Populated", "OomKill of 1 []", "PidsMax", "MemoryHigh", "Pressure", "Frozen");
        }
    }
}

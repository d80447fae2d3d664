package io.lxj;

import static org.assertj.core.api.Assertions.assertThat;

import io.lxj.config.Command;
import io.lxj.config.Config;
import io.lxj.config.ExecResult;
import io.lxj.config.Mount;
import io.lxj.config.SeccompProfile;
import io.lxj.config.Security;
import io.lxj.testing.LeaksNothing;
import io.lxj.testing.NeedsRoot;
import io.lxj.testing.NeedsRootfs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** lxj in a container of lxj, with the JDK of the host. */
@NeedsRoot("gives containers ids for others")
@NeedsRootfs({"debian-12-containers", "busybox"})
@LeaksNothing
@Timeout(300)
class NestedLxjTest {
    @RegisterExtension
    static final TestLxj host = TestLxj.of("debian-12-containers");

    @Test
    void containersRunInAContainer() throws IOException {
        try (NestedJava java = NestedJava.copy("busybox")) {
            ExecResult result = nested(java, base().nesting(1));
            assertThat(seen(result)).as(result.stderr()).isEqualTo("""
                            usable true
                            default 0:0 0:0 0:0 written 0 1879048192 65536 /sys/fs/cgroup/cgroup.procs
                            default HALTED
                            kept 0:0 0:0 0:0 written 0 1879048192 65536 /sys/fs/cgroup/cgroup.procs
                            kept HALTED
                            privileged 0:0 0:0 0:0 written 0 ... 65536 /sys/fs/cgroup/cgroup.procs
                            privileged HALTED
                            devices: lxj runs in a container here, where no device node can be made; allowed: the standard nodes, which every container has
                            idMap.users: "0-65536 as 0-65536" is not allowed; allowed: ids out of one of the ranges that lxj has itself on this host: 0 to 65535, 1879048192 to 1879113727
                            idMap.groups: "0 as 70000" is not allowed; allowed: ids out of one of the ranges that lxj has itself on this host: 0 to 65535, 1879048192 to 1879113727
                            set ids apart for one-too-many: all ids for containers are taken, by 1 of them: 1879048192 to 1879113727; destroy containers; this process has the ids 0 to 65535, 1879048192 to 1879113727: have the container around map 65536 more for each container, as Config.nesting(...) of lxj does, or lxc.idmap = u 0 FIRST 131072 (and g) and systemd-nspawn --private-users=FIRST:131072 with the line root:65536:65536 in /etc/subuid and /etc/subgid; or do without by Config.privileged()
                            copied 0:0 0:0 0:0 written 0 1879048192 65536 /sys/fs/cgroup/cgroup.procs
                            copied HALTED
                            sharing 0:0 0:0 0:0 written 0 0 65536 /sys/fs/cgroup/cgroup.procs
                            sharing HALTED
                            """);
        }
    }

    @Test
    void withoutMoreIdsItSaysWhatIsMissing() throws IOException {
        try (NestedJava java = NestedJava.copy("busybox")) {
            ExecResult result = nested(java, base());
            assertThat(result.exitCode()).isEqualTo(1);
            assertThat(result.stderr())
                    .contains("set ids apart for default: there are no 65536 ids for a container; ")
                    .contains("Config.nesting(...)");
        }
    }

    /** A mount of the host's: what it forbids, nobody inside can allow again, see mount_namespaces(7). */
    @Test
    void containersRunOnAMountWhoseFlagsAreLocked(@TempDir Path folder) throws IOException {
        try (NestedJava java = NestedJava.copy("busybox")) {
            Container around = host.start(java.in(base().nesting(1)));
            int root = (int) HostIds.users(around).get(0).first();
            around.stop();
            Files.setAttribute(folder, "unix:uid", root);
            Files.setAttribute(folder, "unix:gid", root);
            around.configure(java.in(base().nesting(1))
                    .mount(Mount.bind(folder, "/locked").noSuid().noDev().noExec()));
            around.start();
            ExecResult result =
                    around.exec(Command.of(java.command(NestedFolderJvm.class, NestedJava.ROOTFS, "/locked/lxj")));
            around.exec("rm", "-rf", "/locked/lxj");
            assertThat(seen(result)).as(result.stderr()).isEqualTo("""
                            default 0:0 0:0 0:0 written 0 1879048192 65536 /sys/fs/cgroup/cgroup.procs
                            default HALTED
                            copied 0:0 0:0 0:0 written 0 1879048192 65536 /sys/fs/cgroup/cgroup.procs
                            copied HALTED
                            privileged 0:0 0:0 0:0 written 0 ... 65536 /sys/fs/cgroup/cgroup.procs
                            privileged HALTED
                            """);
        }
    }

    /** Inside, as the keys of the host's root are too many to be used up; and nobody else loses by it there. */
    @Test
    void nothingIsLaunchedWithTheKeysOfTheJvm() throws IOException {
        try (NestedJava java = NestedJava.copy("busybox")) {
            Container container = host.start(java.in(base().nesting(1)));
            ExecResult result = container.exec(Command.of(java.command(KeysJvm.class, NestedJava.ROOTFS)));
            assertThat(result.stdout())
                    .as(result.stderr())
                    .containsSubsequence(
                            "start kept: ",
                            "leave the JVM's keys: ",
                            "EDQUOT",
                            "maxkeys\n",
                            "exec in kept: ",
                            "leave the JVM's keys: ",
                            "EDQUOT",
                            "maxkeys\n",
                            "30 commands, one after the other\n");
        }
    }

    @Test
    void whereKeysAreDeniedToTheJvmContainersRunAllTheSame() throws IOException {
        try (NestedJava java = NestedJava.copy("busybox")) {
            Security denied = Security.DEFAULT.seccomp(SeccompProfile.standard().deny("keyctl"));
            ExecResult result = nested(java, base().nesting(1).security(denied));
            assertThat(result.stdout()).as(result.stderr()).contains("default HALTED\n", "sharing HALTED\n");
        }
    }

    /** A privileged container has the ids of the one around it, whatever those are on the host. */
    private static String seen(ExecResult result) {
        return result.stdout().replaceFirst("(privileged.* written 0) [0-9]+", "$1 ...");
    }

    private static Config base() {
        return Config.ofImage("debian-12-containers").init("/bin/sleep", "1000000");
    }

    private static ExecResult nested(NestedJava java, Config config) {
        return host.start(java.in(config)).exec(Command.of(java.command(NestedJvm.class, NestedJava.ROOTFS)));
    }
}

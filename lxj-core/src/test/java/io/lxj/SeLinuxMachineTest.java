package io.lxj;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lxj.config.Config;
import io.lxj.config.OnExit;
import io.lxj.config.Security;
import io.lxj.config.State;
import io.lxj.error.LaunchException;
import io.lxj.error.UnsupportedHostException;
import io.lxj.testing.LeaksNothing;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.extension.RegisterExtension;

/** On a host with SELinux: without a policy, and with Debian's, first not enforced. */
@EnabledIfEnvironmentVariable(named = "LXJ_MACHINE", matches = "1", disabledReason = "it is for .ci/vm")
@Tag("selinux")
@LeaksNothing
class SeLinuxMachineTest {
    private static final Path FILES = Path.of("/sys/fs/selinux");
    private static final String LABEL = "unconfined_u:unconfined_r:unconfined_t:s0";

    /** See .ci/machine/confined.cil. */
    private static final String CONFINED = "system_u:system_r:lxj_confined_t:s0";
    /** Of a program that the one of these tests can't become. */
    private static final String NOT_ALLOWED = "system_u:system_r:getty_t:s0";

    @RegisterExtension
    static final TestLxj host = TestLxj.of("busybox");

    /** The kernel takes it in a single write only. */
    private static void load(byte[] policy) throws IOException {
        ByteBuffer whole = ByteBuffer.allocateDirect(policy.length).put(policy).flip();
        try (FileChannel file = FileChannel.open(FILES.resolve("load"), StandardOpenOption.WRITE)) {
            assertThat(file.write(whole)).isEqualTo(policy.length);
        }
    }

    @BeforeAll
    static void mount() throws Exception {
        if (!Files.exists(FILES.resolve("enforce"))) {
            Programs.run("mount", "-t", "selinuxfs", "selinuxfs", FILES.toString());
        }
    }

    @AfterAll
    static void unmount() throws Exception {
        Programs.run("umount", FILES.toString());
    }

    private static Config config(String label) {
        return Config.ofImage("busybox").security(Security.DEFAULT.seLinux(label));
    }

    @Test
    void theInitAndCommandsHaveTheLabelAndAWrongOneFailsTheStart() throws IOException {
        String policy = System.getenv("LXJ_SELINUX_POLICY");
        // Whatever label is written is the kernel's own then.
        assertThat(Host.check().feature("SELinux").orElseThrow().detail()).isEqualTo("no policy is loaded");
        assertThatThrownBy(() -> host.create(config(LABEL)))
                .isInstanceOf(UnsupportedHostException.class)
                .hasMessageContaining("this host has no SELinux in force");

        load(Files.readAllBytes(Path.of(policy)));
        assertThat(Host.check().feature("SELinux").orElseThrow().detail()).isEqualTo("permissive");
        for (OnExit fate : OnExit.values()) {
            Container container = host.start(config(LABEL).onExit(fate));
            assertThat(container
                            .exec("cat", "/proc/1/attr/current", "/proc/self/attr/current")
                            .stdout())
                    .isEqualTo(LABEL + "\0" + LABEL + "\0");
            Container wrong =
                    host.create(config("system_u:system_r:no_such_type_t:s0").onExit(fate));
            assertThatThrownBy(wrong::start)
                    .isInstanceOf(LaunchException.class)
                    .hasMessageContaining("EINVAL (")
                    .hasMessageContaining(
                            "the SELinux label system_u:system_r:no_such_type_t:s0 isn't known on this host");
            assertThat(wrong.state()).isEqualTo(State.STOPPED);
        }
        inForce();
    }

    /** What the policy denies a domain happens only if it is in force; and so may be to become one at all. */
    private void inForce() throws IOException {
        for (OnExit fate : OnExit.values()) {
            assertThat(connect(fate))
                    .isEqualTo(List.of("can't connect to remote host (127.0.0.1): Connection refused"));
        }
        enforce("1");
        try {
            assertThat(Host.check().feature("SELinux").orElseThrow().detail()).isEqualTo("enforcing");
            for (OnExit fate : OnExit.values()) {
                assertThat(connect(fate)).isEqualTo(List.of("socket: Permission denied"));
                Container forbidden = host.create(config(NOT_ALLOWED).onExit(fate));
                assertThatThrownBy(forbidden::start)
                        .isInstanceOf(LaunchException.class)
                        .hasMessageContaining("execve(")
                        .hasMessageContaining("EACCES (")
                        .hasMessageContaining(
                                "or the policy doesn't let it be executed with the SELinux label " + NOT_ALLOWED);
                assertThat(forbidden.state()).isEqualTo(State.STOPPED);
            }
        } finally {
            enforce("0");
        }
    }

    private static void enforce(String value) throws IOException {
        Files.writeString(FILES.resolve("enforce"), value);
    }

    /** What init and a command are told when they want to reach a port that nobody listens on: the same, if they are confined alike. */
    private static List<String> connect(OnExit fate) {
        String connect = "wget -O - http://127.0.0.1:1/ 2>&1 | sed -n 's/^wget: //p'";
        Container container = host.start(config(CONFINED)
                .onExit(fate)
                .init("/bin/sh", "-c", connect + " >/tmp/said; mv /tmp/said /tmp/done; sleep 1000000"));
        String said = container
                .exec("sh", "-c", "until test -e /tmp/done; do sleep 0.1; done; cat /tmp/done; " + connect)
                .stdout();
        assertThat(said.lines()).hasSize(2);
        return said.lines().distinct().toList();
    }
}

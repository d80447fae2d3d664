package io.lxj;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lxj.config.Config;
import io.lxj.config.ExecResult;
import io.lxj.config.OnExit;
import io.lxj.config.Security;
import io.lxj.config.State;
import io.lxj.error.LaunchException;
import io.lxj.testing.LeaksNothing;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.extension.RegisterExtension;

/** On a host where AppArmor is in force, as it is by Debian's kernel. */
@EnabledIfEnvironmentVariable(named = "LXJ_MACHINE", matches = "1", disabledReason = "it is for .ci/vm")
@Tag("apparmor")
@LeaksNothing
class AppArmorMachineTest {
    /** Forbids what nothing else does. */
    private static final String PROFILE = """
            profile lxj-test flags=(attach_disconnected, mediate_deleted) {
                file,
                capability,
                network,
                signal,
                ptrace,
                unix,
                mount,
                deny /etc/secret rw,
            }
            """;

    @RegisterExtension
    static final TestLxj host = TestLxj.of("busybox");

    @BeforeAll
    static void load() throws IOException {
        Process parser = new ProcessBuilder("/usr/sbin/apparmor_parser", "--replace", "--skip-cache")
                .inheritIO()
                .redirectInput(ProcessBuilder.Redirect.PIPE)
                .start();
        try (var input = parser.getOutputStream()) {
            input.write(PROFILE.getBytes(StandardCharsets.US_ASCII));
        }
        assertThat(parser.onExit().join().exitValue()).isZero();
    }

    private static Config config(String profile) {
        return Config.ofImage("busybox").security(Security.DEFAULT.appArmor(profile));
    }

    @Test
    void theInitAndCommandsAreConfinedByTheProfile() {
        for (OnExit fate : OnExit.values()) {
            Container container = host.create(config("lxj-test")
                    .onExit(fate)
                    .init("/bin/sh", "-c", "cat /etc/secret 2>/tmp/said; mv /tmp/said /tmp/done; sleep 1000000"));
            container.files().write("/etc/secret", "secret\n");
            container.start();
            String init = container
                    .exec("sh", "-c", "until test -e /tmp/done; do sleep 0.1; done; cat /tmp/done")
                    .stdout();
            ExecResult command = container.exec("cat", "/etc/secret");
            assertThat(command.stdout()).isEmpty();
            assertThat(command.stderr()).contains("ermission denied").isEqualTo(init);
            assertThat(container
                            .exec("cat", "/proc/1/attr/apparmor/current", "/proc/self/attr/apparmor/current")
                            .stdout())
                    .isEqualTo("lxj-test (enforce)\nlxj-test (enforce)\n");
        }
    }

    /** What asks for the profile is written below the host's procfs, whatever the container has at /proc. */
    @Test
    void cve2025_52881AProcThatTheContainerMadeUp() {
        Container container = host.create(config("lxj-test").init("/bin/sleep", "1000000"));
        container.files().write("/etc/secret", "secret\n");
        container.start();
        ExecResult made = container.exec(
                "sh",
                "-ec",
                "mount --make-rprivate /; mkdir /fake /real; mount -o bind /proc /real; mount -t tmpfs none /fake; cd /fake;"
                        + " mkdir -p self/attr/apparmor; ln -s self thread-self;"
                        + " touch self/attr/exec self/attr/apparmor/exec; mount -o move /fake /proc");
        assertThat(made.exitCode()).as(made.stderr()).isZero();
        assertThat(container.exec("cat", "/real/self/attr/apparmor/current").stdout())
                .isEqualTo("lxj-test (enforce)\n");
        assertThat(container.exec("cat", "/etc/secret").stderr()).contains("ermission denied");
        ExecResult written = container.exec("cat", "/proc/self/attr/exec", "/proc/self/attr/apparmor/exec");
        assertThat(written.stdout() + written.stderr()).isEmpty();
    }

    @Test
    void aProfileThatIsNotLoadedFailsTheStart() {
        Container container = host.create(config("lxj-no-such-profile"));
        assertThatThrownBy(container::start)
                .isInstanceOf(LaunchException.class)
                .hasMessageContaining("write(")
                .hasMessageContaining("ENOENT (")
                .hasMessageContaining("the AppArmor profile lxj-no-such-profile isn't known on this host");
        assertThat(container.state()).isEqualTo(State.STOPPED);
    }
}

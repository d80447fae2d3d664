package io.lxj;

import static org.assertj.core.api.Assertions.assertThat;

import io.lxj.testing.LeaksNothing;
import io.lxj.testing.PortableJvm;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;

/** Settings of a whole machine that keep users from containers, in force: what is said then, and what to do. */
@EnabledIfEnvironmentVariable(named = "LXJ_MACHINE", matches = "1", disabledReason = "it is for .ci/vm")
@Tag("oldest-only")
@LeaksNothing
@Timeout(900)
class RestrictedHostMachineTest {
    private static final List<String> NOBODY =
            List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--inh-caps=-all");

    /** What is said to somebody while a setting has another value. */
    private static String said(String setting, String value, List<String> who) throws Exception {
        Path file = Path.of("/proc/sys", setting.split("\\."));
        String before = Files.readString(file);
        try (PortableJvm jvm = PortableJvm.copy()) {
            Files.writeString(file, value);
            return jvm.run(who, CheckingJvm.class);
        } finally {
            Files.writeString(file, before);
        }
    }

    /** A patch of Debian's kernel. */
    @Test
    void userNamespacesForRootOnly() throws Exception {
        String setting = "kernel.unprivileged_userns_clone";
        assertThat(said(setting, "0", NOBODY))
                .contains("\nlxj can't run containers here\n")
                .containsPattern("\nuser namespace +MISSING .* unshare: EPERM")
                .containsPattern("\nuser namespace settings +no .*" + setting + "=0")
                .contains("for users other than root: sysctl -w " + setting + "=1\n")
                .containsPattern("\nrefused: run containers as an ordinary user: .*EPERM .*; for users other than root:"
                        + " sysctl -w " + setting + "=1\n");
        assertThat(said(setting, "0", List.of()))
                .contains("\nlxj can run containers here\n")
                .contains("\nopened ");
    }

    @Test
    void noUserNamespacesForAnybody() throws Exception {
        String setting = "user.max_user_namespaces";
        assertThat(said(setting, "0", NOBODY))
                .contains("\nlxj can't run containers here\n")
                .containsPattern("\nuser namespace +MISSING .* unshare: ENOSPC")
                .containsPattern(
                        "\nrefused: run containers as an ordinary user: .*ENOSPC .*sysctl -w " + setting + "=10000\n");
        assertThat(said(setting, "0", List.of()))
                .containsPattern("\nuser namespace +(MISSING|no) .*ENOSPC")
                .contains("sysctl -w " + setting + "=10000\n");
    }
}

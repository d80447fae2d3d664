package io.lxj;

import static org.assertj.core.api.Assertions.assertThat;

import io.lxj.testing.LeaksNothing;
import io.lxj.testing.PortableJvm;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;

/** On a kernel where AppArmor has a say in user namespaces: what an ordinary user is told, and that it helps. */
@EnabledIfEnvironmentVariable(named = "LXJ_MACHINE", matches = "1", disabledReason = "it is for .ci/vm")
@Tag("userns-rule")
@LeaksNothing
@Timeout(900)
class UserNamespaceRuleMachineTest {
    private static final List<String> NOBODY =
            List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--inh-caps=-all");
    private static final String USABLE = "\nlxj can run containers here\n";
    private static final String UNUSABLE = "\nlxj can't run containers here\n";

    /** What a profile has to have, as the advice says. */
    private static final List<String> RULES = List.of(
            "userns",
            "capability",
            "network",
            "unix",
            "signal",
            "ptrace",
            "mount",
            "umount",
            "pivot_root",
            "/{,**} rwlkmix");

    private static final String ADVICE =
            "has to have the flag attach_disconnected and the rules " + String.join(", ", RULES);

    /** Of Debian testing, see .ci/machine/apparmor. */
    private static final Path APPARMOR = Path.of(System.getenv().getOrDefault("LXJ_APPARMOR", "/"));

    private static PortableJvm jvm;
    private final List<String> loaded = new ArrayList<>();

    @BeforeAll
    static void copy() throws Exception {
        jvm = PortableJvm.copy();
    }

    @AfterAll
    static void remove() throws Exception {
        jvm.close();
    }

    @AfterEach
    void unload() throws Exception {
        for (String policy : loaded) {
            parse("--remove", policy);
        }
    }

    private void load(String policy) throws IOException {
        parse("--replace", policy);
        loaded.add(policy);
    }

    private static void parse(String what, String policy) throws IOException {
        Process parser = new ProcessBuilder(APPARMOR.resolve("apparmor_parser").toString(), "--skip-cache", what)
                .inheritIO()
                .redirectInput(ProcessBuilder.Redirect.PIPE)
                .start();
        try (var input = parser.getOutputStream()) {
            input.write(policy.getBytes(StandardCharsets.US_ASCII));
        }
        assertThat(parser.onExit().join().exitValue()).as(policy).isZero();
    }

    private static String profile(String flags, List<String> rules) {
        return "abi <abi/4.0>, profile lxj-test flags=(" + flags + ") { " + String.join(", ", rules) + ", }\n";
    }

    /** What somebody is told whose JVM has the profile lxj-test. */
    private String said() throws Exception {
        List<String> command = new ArrayList<>(NOBODY);
        command.addAll(
                List.of("bash", "-ec", "echo exec lxj-test >/proc/self/attr/apparmor/exec; exec \"$@\"", "bash"));
        return jvm.run(command, CheckingJvm.class);
    }

    private static List<String> without(String... rules) {
        List<String> left = new ArrayList<>(RULES);
        assertThat(left.removeAll(Arrays.asList(rules))).isTrue();
        return left;
    }

    @Test
    void aProfileWithTheRulesThatAreAskedForIsEnough() throws Exception {
        load(profile("attach_disconnected", RULES));
        assertThat(said()).contains(USABLE).contains("\nopened ");
    }

    @Test
    void withoutTheRuleOnUserNamespaces() throws Exception {
        load(profile("attach_disconnected", without("userns")));
        assertThat(said())
                .contains(UNUSABLE)
                .containsPattern("\nuser namespace +MISSING .* unshare: EACCES")
                .containsPattern(
                        "\nuser namespace: +\\Qthe AppArmor profile lxj-test (enforce) of this process " + ADVICE)
                .containsPattern(
                        "\nrefused: run containers as an ordinary user: .*unshare.* EACCES .*; the AppArmor profile"
                                + " lxj-test \\(enforce\\) of this process \\Q" + ADVICE);
    }

    @Test
    void withoutTheRuleOnMounts() throws Exception {
        load(profile("attach_disconnected", without("mount")));
        assertThat(said())
                .contains(UNUSABLE)
                .containsPattern("\nmove_mount +MISSING .* move_mount: EACCES")
                .contains(
                        "\nmove_mount:         something around this process forbids it, the AppArmor profile lxj-test"
                                + " (enforce): ");
    }

    /** A file without a path may not be executed then. */
    @Test
    void withoutTheFlag() throws Exception {
        load(profile("mediate_deleted", RULES));
        assertThat(said())
                .contains(UNUSABLE)
                .containsPattern("\nlaunch program +MISSING .* posix_spawn\\(.*: EACCES")
                .contains(
                        "\nlaunch program:     something around this process forbids it, the AppArmor profile lxj-test"
                                + " (enforce): ")
                .doesNotContain("CONFIG_")
                .containsPattern("\nrefused: run containers as an ordinary user: .*posix_spawn.*; the AppArmor profile"
                        + " lxj-test \\(enforce\\) of this process \\Q" + ADVICE);
    }

    /**
     * Ubuntu's kernel gives its own profile to who makes a user namespace and has no rule for that; here the launch program
     * gets the same one when it is started.
     */
    @Test
    void withoutPrivilegesInNamespacesAsOnUbuntu() throws Exception {
        load(profile("unconfined, attach_disconnected", List.of("userns")));
        String ubuntus = Files.readString(APPARMOR.resolve("etc/unprivileged_userns"));
        String begin = "profile unprivileged_userns flags=(complain)";
        assertThat(ubuntus).contains(begin).contains("audit deny capability,");
        load(ubuntus.replace(begin, "profile unprivileged_userns /{,memfd:*} flags=(attach_disconnected)"));
        assertThat(said())
                .contains(UNUSABLE)
                .containsPattern("\nuser namespace +MISSING ")
                .containsPattern(
                        "\nrefused: run containers as an ordinary user: .*(EPERM|EACCES) .*; the AppArmor profile"
                                + " lxj-test \\(unconfined\\) of this process has to have the rule userns; ");
    }

    /** The setting itself, which is Ubuntu's alone, is made up. */
    @Test
    void theProfileThatIsProposedForUbuntusSettingIsRecognised() throws Exception {
        String setting = "apparmor_restrict_unprivileged_userns";
        List<String> behind = new ArrayList<>(List.of(
                "unshare",
                "--mount",
                "bash",
                "-ec",
                RestrictedHostTest.madeUp(setting, "1") + "; exec \"$@\"",
                "bash"));
        behind.addAll(NOBODY);
        String restricted = jvm.run(behind, CheckingJvm.class);
        Matcher command = Pattern.compile("sysctl -w kernel." + setting
                        + "=0, or for this program alone: echo '([^']*)' \\| apparmor_parser --replace\n")
                .matcher(restricted);
        assertThat(command.find()).as(restricted).isTrue();
        load(command.group(1) + "\n");
        assertThat(jvm.run(NOBODY, CheckingJvm.class))
                .contains(USABLE)
                .contains("\nopened ")
                .doesNotContain("forbids it");
        assertThat(jvm.run(behind, CheckingJvm.class))
                .containsPattern("\nuser namespace settings +yes .*" + setting + "=1")
                .doesNotContain("sysctl -w");
    }
}

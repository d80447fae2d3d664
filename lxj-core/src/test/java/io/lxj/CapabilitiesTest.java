package io.lxj;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lxj.config.Capability;
import io.lxj.config.CapabilityChanges;
import io.lxj.config.Command;
import io.lxj.config.Config;
import io.lxj.config.SeccompProfile;
import io.lxj.config.Security;
import io.lxj.config.User;
import io.lxj.error.InvalidConfigException;
import io.lxj.testing.LeaksNothing;
import io.lxj.testing.NeedsContainers;
import io.lxj.testing.NeedsRoot;
import io.lxj.testing.NeedsRootfs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The five capability sets of a container's processes, as the kernel shows them inside. */
@NeedsContainers
@NeedsRootfs("alpine")
@LeaksNothing
@Timeout(120)
class CapabilitiesTest {
    @RegisterExtension
    static final TestLxj host = TestLxj.of("alpine");

    private static Container start(Security security) {
        return host.start(config(security).privileged());
    }

    private static Config config(Security security) {
        return Config.ofImage("alpine").init("/bin/sleep", "1000000").security(security);
    }

    private static Map<String, String> status(Container container, Command command) {
        Map<String, String> fields = new TreeMap<>();
        container.exec(command).stdout().lines().forEach(line -> {
            String[] parts = line.split(":\\s+", 2);
            fields.put(parts[0], parts.length > 1 ? parts[1] : "");
        });
        return fields;
    }

    private static Map<String, String> ofInit(Container container) {
        return status(container, Command.of("cat", "/proc/1/status"));
    }

    private static Map<String, String> ofRoot(Container container) {
        return status(container, Command.of("cat", "/proc/self/status"));
    }

    private static Map<String, String> ofUser(Container container) {
        return status(container, Command.of("cat", "/proc/self/status").user(User.id(1500, 1500)));
    }

    /** What this process has: a container can't have more. */
    private static long all() throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
            if (line.startsWith("CapPrm:")) {
                return Long.parseUnsignedLong(line.split("\\s+")[1], 16);
            }
        }
        throw new AssertionError("no CapPrm in /proc/self/status");
    }

    private static String hex(long mask) {
        return String.format("%016x", mask);
    }

    private static void assertSets(Container container, long expected) {
        for (Map<String, String> root : List.of(ofInit(container), ofRoot(container))) {
            for (String set : List.of("CapBnd", "CapPrm", "CapEff")) {
                assertThat(root).as(set).containsEntry(set, hex(expected));
            }
            assertThat(root).containsEntry("CapInh", hex(0)).containsEntry("CapAmb", hex(0));
        }
        Map<String, String> user = ofUser(container);
        assertThat(user).containsEntry("CapBnd", hex(expected));
        for (String set : List.of("CapPrm", "CapEff", "CapInh", "CapAmb")) {
            assertThat(user).as(set).containsEntry(set, hex(0));
        }
    }

    private static long without(long mask, Set<Capability> dropped) {
        long left = mask;
        for (Capability capability : dropped) {
            left &= ~(1L << capability.number());
        }
        return left;
    }

    @Test
    @NeedsRoot("starts a privileged container")
    void allProcessesHaveTheDefaultSets() throws IOException {
        Container container = start(Security.DEFAULT);
        assertSets(container, without(all(), CapabilityChanges.droppedByDefault(false)));
    }

    @Test
    void inAUserNamespaceAllProcessesHaveAllButThoseOfTheMachine() throws IOException {
        long last = Long.parseLong(
                Files.readAllLines(Path.of("/proc/sys/kernel/cap_last_cap")).get(0));
        long known = (1L << (last + 1)) - 1;
        assertSets(host.start(config(Security.DEFAULT)), without(known, CapabilityChanges.droppedByDefault(true)));
    }

    @Test
    @NeedsRoot("starts a privileged container")
    void theSetsAreTheSameWithoutAFilterOfSystemCalls() throws IOException {
        Container container = start(Security.DEFAULT.seccomp(SeccompProfile.unconfined()));
        assertSets(container, without(all(), CapabilityChanges.droppedByDefault(false)));
    }

    @Test
    @NeedsRoot("starts a privileged container")
    void capabilitiesAreDroppedAndKeptByName() throws IOException {
        // Those that the launch itself needs as well.
        Container container = start(Security.DEFAULT
                .dropCapabilities(
                        Capability.NET_RAW,
                        Capability.SETUID,
                        Capability.SETGID,
                        Capability.SETPCAP,
                        Capability.SYS_ADMIN)
                .keepCapabilities(Capability.SYS_TIME));
        Set<Capability> dropped = CapabilityChanges.NONE
                .drop(
                        Capability.NET_RAW,
                        Capability.SETUID,
                        Capability.SETGID,
                        Capability.SETPCAP,
                        Capability.SYS_ADMIN)
                .keep(Capability.SYS_TIME)
                .allDropped(false);
        assertSets(container, without(all(), dropped));
    }

    @Test
    @NeedsRoot("starts a privileged container")
    void aContainerCanDoWithoutAnyCapability() {
        assertSets(start(Security.DEFAULT.capabilities(CapabilityChanges.NONE.keepOnly())), 0);
        Container one = start(Security.DEFAULT.capabilities(CapabilityChanges.NONE.keepOnly(Capability.KILL)));
        assertSets(one, 1L << Capability.KILL.number());
    }

    @Test
    @NeedsRoot("starts a privileged container")
    void noProgramGainsPrivilegesWhereThatIsForbidden() throws IOException {
        Security security = Security.DEFAULT.noNewPrivileges();
        for (Container container : List.of(start(security), start(security.seccomp(SeccompProfile.unconfined())))) {
            assertSets(container, without(all(), CapabilityChanges.droppedByDefault(false)));
            List<Map<String, String>> all = new ArrayList<>(List.of(ofInit(container), ofRoot(container)));
            all.add(ofUser(container));
            assertThat(all).allSatisfy(status -> assertThat(status).containsEntry("NoNewPrivs", "1"));
            container.exec("sh", "-c", "cp /bin/busybox /bin/id-of-root && chmod 4755 /bin/id-of-root");
            String id = "exec -a id /bin/id-of-root -u";
            assertThat(container
                            .exec(Command.of("sh", "-c", id).user(User.id(1500, 1500)))
                            .stdout())
                    .isEqualTo("1500\n");
        }
        assertThat(pingsWithSetUserId(start(Security.DEFAULT))).isTrue();
    }

    /** Whether another user can use a raw socket with a program that is root's. */
    private static boolean pingsWithSetUserId(Container container) {
        container.exec("sh", "-c", "mkdir /own && cp /bin/busybox /own/ping && chmod 4755 /own/ping");
        return container
                        .exec(Command.of("/own/ping", "-c", "1", "127.0.0.1").user(User.id(1500, 1500)))
                        .exitCode()
                == 0;
    }

    @Test
    @NeedsRoot("starts a privileged container")
    void aCapabilityThatIsDroppedCannotBeUsed() {
        Container container = start(Security.DEFAULT.dropCapabilities(Capability.CHOWN));
        assertThat(container.exec("sh", "-c", "touch /f && chown 7 /f").stderr())
                .contains("Operation not permitted");
    }

    @Test
    void unknownAndContradictoryNamesAreRefused() {
        String config = "{\"format\": 1, \"image\": \"alpine\", \"security\": {\"capabilities\": ";
        assertThatThrownBy(() -> Config.fromJson(config + "{\"keep\": [\"CAP_ROOT\"]}}}"))
                .isInstanceOf(InvalidConfigException.class)
                .hasMessageContaining("security.capabilities.keep[0]: \"CAP_ROOT\"")
                .hasMessageContaining("CAP_SYS_ADMIN");
        assertThatThrownBy(() -> Config.fromJson(config + "{\"keep\": [\"CAP_KILL\"], \"drop\": [\"CAP_KILL\"]}}}"))
                .isInstanceOf(InvalidConfigException.class)
                .hasMessageContaining("security.capabilities.drop");
        Set<Capability> kill = Set.of(Capability.KILL);
        assertThatThrownBy(() -> new CapabilityChanges(kill, kill))
                .isInstanceOf(InvalidConfigException.class)
                .hasMessage(
                        "security.capabilities: has CAP_KILL among both, kept and dropped; allowed: one or the other");
        Security security = Security.DEFAULT
                .keepCapabilities(Capability.SYS_TIME)
                .dropCapabilities(Capability.KILL)
                .noNewPrivileges();
        Config whole = Config.ofImage("alpine").security(security);
        assertThat(Config.fromJson(whole.toJson())).isEqualTo(whole);
    }
}

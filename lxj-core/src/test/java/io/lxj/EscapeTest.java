package io.lxj;

import static org.assertj.core.api.Assertions.assertThat;

import io.lxj.config.Capability;
import io.lxj.config.CapabilityChanges;
import io.lxj.config.Config;
import io.lxj.config.ExitStatus;
import io.lxj.config.SeccompProfile;
import io.lxj.config.Security;
import io.lxj.linux.Fd;
import io.lxj.linux.Kernel;
import io.lxj.linux.Scratch;
import io.lxj.linux.Syscall;
import io.lxj.testing.LeaksNothing;
import io.lxj.testing.NeedsContainers;
import io.lxj.testing.NeedsRoot;
import io.lxj.testing.NeedsRootfs;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * A program of root in a container without any setting tries whatever gets programs out of containers. The outcome is
 * written as a table, which is part of the documentation.
 */
@NeedsContainers
@NeedsRootfs("alpine")
@LeaksNothing
@Timeout(300)
class EscapeTest {
    private static final Path DOCUMENTED = Path.of("../.github/ESCAPES.md");
    private static final String HEADER = """
            | about | a program inside tries to | refused call | answer |
            | --- | --- | --- | --- |
            """;
    private static final int KEY = 0x6c786a31;
    private static final long IPC_CREAT = 01000;
    private static final long KEYCTL_UNLINK = 9;
    private static final long KEY_SPEC_USER_KEYRING = -4;

    @RegisterExtension
    static final TestLxj host = TestLxj.of("alpine");

    private static final Config CONFIG = Config.ofImage("alpine").init("/bin/sleep", "1000000");

    @TempDir
    private Path outside;

    private Container neighbour;

    @Test
    void nothingGetsARootOutOfADefaultContainer() throws IOException {
        Container container = host.start(CONFIG);
        List<EscapeOutcome> outcomes = attempts(attempt -> attempt.in(container));
        outcomes.add(restart(host.start(CONFIG)));
        Files.writeString(Path.of("target/escapes.md"), table(outcomes));
        assertThat(outcomes)
                .filteredOn(outcome -> !outcome.isAsExpected())
                .extracting(EscapeOutcome::row)
                .isEmpty();
        assertThat(documented(Files.readString(DOCUMENTED), outcomes))
                .as("the table in " + DOCUMENTED + ", which lxj-core/target/escapes.md replaces")
                .isEqualTo(documented(table(outcomes), outcomes));
        assertThat(neighbour.exec("true").exitCode()).isZero();
    }

    /** What the attempts are worth: as the host's root, with all capabilities and without a filter, they go on. */
    @Test
    @NeedsRoot("starts a privileged container")
    void theSameAttemptsGoOnInAContainerWithoutProtection() throws IOException {
        Container container = host.start(CONFIG);
        Container open = host.start(CONFIG.privileged()
                .security(Security.DEFAULT
                        .seccomp(SeccompProfile.unconfined())
                        .keepCapabilities(
                                CapabilityChanges.droppedByDefault(false).toArray(Capability[]::new))));
        List<String> same = new ArrayList<>();
        List<EscapeOutcome> outcomes = attempts(attempt -> {
            EscapeOutcome protectedBy = attempt.in(container);
            if (!attempt.harmless() || !protectedBy.isDenied()) {
                return protectedBy;
            }
            EscapeOutcome outcome = attempt.in(open);
            if (outcome.row().equals(protectedBy.row())) {
                same.add(outcome.row());
            }
            return outcome;
        });
        assertThat(same).isEmpty();
        assertThat(outcomes)
                .filteredOn(outcome -> outcome.answer().startsWith(EscapeOutcome.SUCCEEDED))
                .extracting(outcome -> outcome.attempt().what())
                .contains(
                        "make a BPF map",
                        "handle page faults of the kernel",
                        "make /proc/sys writable again, and set core_pattern",
                        "use a key of the host's root",
                        "set the time zone");
    }

    /** It restarts the container. */
    private static EscapeOutcome restart(Container container) {
        EscapeAttempt attempt = EscapeAttempts.restart();
        CompletableFuture<ExitStatus> ended = container.onExit();
        attempt.tryIn(container);
        assertThat(ended.join().cause()).isEqualTo(ExitStatus.Cause.REBOOTED);
        container.stop();
        return attempt.outcomeIn(container);
    }

    /** Makes what there is to go for, tries all, and removes it. */
    private List<EscapeOutcome> attempts(Function<EscapeAttempt, EscapeOutcome> each) throws IOException {
        neighbour = host.start(CONFIG);
        Path file = Files.writeString(outside.resolve("secret"), "of the host");
        Files.setPosixFilePermissions(outside, PosixFilePermissions.fromString("rwxrwxrwx"));
        Path socket = outside.resolve("socket");
        Fd abstractSocket = listen("lxj-escape");
        long key = addKey("lxj-escape");
        long shared = Kernel.call(Syscall.SHMGET, KEY, 4096, IPC_CREAT | 0666);
        List<EscapeOutcome> outcomes = new ArrayList<>();
        try (ServerSocketChannel listening = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            listening.bind(UnixDomainSocketAddress.of(socket));
            Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rwxrwxrwx"));
            long init = neighbour.pid().orElseThrow();
            EscapeAttempts.Host prey = new EscapeAttempts.Host(
                    ProcessHandle.current().pid(),
                    init,
                    (long) Files.getAttribute(Path.of("/"), "unix:dev"),
                    file.toString(),
                    socket.toString(),
                    "lxj-escape",
                    "lxj-escape",
                    KEY,
                    cgroup(init),
                    "lxj-neighbour",
                    KEY + 1);
            for (EscapeAttempt there : EscapeAttempts.ofTheNeighbour(prey)) {
                assertThat(there.in(neighbour).answer()).as(there.what()).isEqualTo(EscapeOutcome.SUCCEEDED);
            }
            for (EscapeAttempt attempt : EscapeAttempts.on(prey)) {
                outcomes.add(each.apply(attempt));
            }
        } finally {
            Kernel.call(Syscall.SHMCTL, shared, 0, 0);
            Kernel.call(Syscall.KEYCTL, KEYCTL_UNLINK, key, KEY_SPEC_USER_KEYRING);
            abstractSocket.close();
        }
        return outcomes;
    }

    private static String cgroup(long pid) throws IOException {
        return Files.readAllLines(Path.of("/proc", Long.toString(pid), "cgroup")).stream()
                .filter(line -> line.startsWith("0::"))
                .findFirst()
                .orElseThrow()
                .substring(3);
    }

    /** A Unix socket without a file, see unix(7), on which somebody listens. */
    private static Fd listen(String name) throws IOException {
        Fd socket = new Fd((int) Kernel.call(Syscall.SOCKET, 1, 1, 0));
        try (Scratch scratch = Scratch.open()) {
            byte[] address = ("\1\0\0" + name).getBytes(StandardCharsets.US_ASCII);
            long bytes = scratch.string(address);
            assertThat(Kernel.call(Syscall.BIND, socket.number(), bytes, address.length))
                    .isZero();
            assertThat(Kernel.call(Syscall.LISTEN, socket.number(), 1)).isZero();
        }
        return socket;
    }

    /** A key of the host's root, see keyrings(7). */
    private static long addKey(String name) throws IOException {
        try (Scratch scratch = Scratch.open()) {
            long type = scratch.string("user".getBytes(StandardCharsets.US_ASCII));
            long description = scratch.string(name.getBytes(StandardCharsets.US_ASCII));
            long key = Kernel.call(Syscall.ADD_KEY, type, description, type, 4, KEY_SPEC_USER_KEYRING);
            assertThat(key).isPositive();
            return key;
        }
    }

    private static String table(List<EscapeOutcome> outcomes) {
        return HEADER + outcomes.stream().map(EscapeOutcome::row).collect(Collectors.joining("\n")) + "\n";
    }

    /** The rows, without what depends on the host if it may be so. */
    private static List<String> documented(String table, List<EscapeOutcome> outcomes) {
        Map<String, EscapeAttempt.Answers> answers = outcomes.stream()
                .collect(Collectors.toMap(outcome -> outcome.attempt().what(), outcome -> outcome.attempt()
                        .answers()));
        return table.substring(table.indexOf(HEADER) + HEADER.length())
                .lines()
                .map(line -> line.split(" \\| |\\| | \\|"))
                .map(cells -> {
                    EscapeAttempt.Answers expected = answers.get(cells[2]);
                    boolean varies = expected != null && expected.dependOnTheHost();
                    String answer = varies && expected.anywhere().contains(cells[4]) ? "depends on the host" : cells[4];
                    return String.join("|", cells[1], cells[2], cells[3], answer);
                })
                .toList();
    }
}

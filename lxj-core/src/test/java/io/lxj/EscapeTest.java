package io.lxj;

import static org.assertj.core.api.Assertions.assertThat;

import io.lxj.config.Config;
import io.lxj.linux.Fd;
import io.lxj.linux.Kernel;
import io.lxj.linux.Scratch;
import io.lxj.linux.Syscall;
import io.lxj.testing.LeaksNothing;
import io.lxj.testing.NeedsContainers;
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

    @Test
    void nothingGetsARootOutOfADefaultContainer(@TempDir Path outside) throws IOException {
        Config config = Config.ofImage("alpine").init("/bin/sleep", "1000000");
        Container neighbour = host.start(config);
        Container container = host.start(config);
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
            EscapeAttempts.Host prey = new EscapeAttempts.Host(
                    ProcessHandle.current().pid(),
                    neighbour.pid().orElseThrow(),
                    (long) Files.getAttribute(Path.of("/"), "unix:dev"),
                    file.toString(),
                    socket.toString(),
                    "lxj-escape",
                    KEY);
            for (EscapeAttempt attempt : EscapeAttempts.on(prey)) {
                outcomes.add(attempt.in(container));
            }
        } finally {
            Kernel.call(Syscall.SHMCTL, shared, 0, 0);
            Kernel.call(Syscall.KEYCTL, KEYCTL_UNLINK, key, KEY_SPEC_USER_KEYRING);
            abstractSocket.close();
        }
        Files.writeString(Path.of("target/escapes.md"), table(outcomes));
        assertThat(outcomes)
                .filteredOn(outcome -> !outcome.failed())
                .extracting(EscapeOutcome::row)
                .isEmpty();
        assertThat(tried(Files.readString(DOCUMENTED)))
                .as("the table in " + DOCUMENTED + ", which lxj-core/target/escapes.md replaces")
                .isEqualTo(tried(table(outcomes)));
        assertThat(neighbour.exec("true").exitCode()).isZero();
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

    /** Without the answers: they depend on what the host's kernel was built with. */
    private static List<String> tried(String table) {
        return table.substring(table.indexOf(HEADER))
                .lines()
                .map(line -> line.split("\\|")[2].strip())
                .toList();
    }
}

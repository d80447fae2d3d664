package io.lxj;

import static org.assertj.core.api.Assertions.assertThat;

import io.lxj.config.Config;
import io.lxj.config.ExecResult;
import io.lxj.linux.Architecture;
import io.lxj.linux.SyscallAbi;
import io.lxj.linux.SyscallNumbers;
import io.lxj.testing.LeaksNothing;
import io.lxj.testing.NeedsContainers;
import io.lxj.testing.NeedsRootfs;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Two containers of one image, of which one leaves whatever can be found by a name or a number, and one looks for it. */
@NeedsContainers
@NeedsRootfs("debian-12")
@LeaksNothing
@Timeout(120)
class NeighboursTest {
    @RegisterExtension
    static final TestLxj host = TestLxj.of("debian-12");

    /** Perl has these without any module; what it hasn't is called by number. */
    private static final String FIND = """
            sub say_ { print "$_[0]: ", (defined $_[1] && $_[1] >= 0 ? "found" : "nothing"), "\\n" }
            my $key = 0x6c786a;
            say_("shared memory", shmget($key, 4096, 0));
            say_("semaphores", semget($key, 1, 0));
            say_("message queue", msgget($key, 0));
            say_("POSIX shared memory", -e "/dev/shm/lxj" ? 0 : -1);
            say_("POSIX message queue", -e "/dev/mqueue/lxj" ? 0 : -1);
            socket(my $s, 1, 1, 0) or die $!;
            say_("abstract socket", connect($s, pack("S", 1) . "\\0lxj") ? 0 : -1);
            for my $ring (-3, -4, -5) {
                say_("key in ring $ring", syscall(KEYCTL, 10, $ring, my $t = "user", my $n = "lxj", 0));
            }
            open(my $keys, "<", "/proc/keys") or die $!;
            say_("name of a key", (grep { / lxj: / } <$keys>) ? 0 : -1);
            """;

    private static final String LEAVE = """
            my $key = 0x6c786a;
            defined shmget($key, 4096, 01666) or die $!;
            defined semget($key, 1, 01666) or die $!;
            defined msgget($key, 01666) or die $!;
            for my $f ("/dev/shm/lxj", "/dev/mqueue/lxj") { open(my $h, "+>", $f) or die "$f: $!" }
            socket(our $s, 1, 1, 0) or die $!;
            bind($s, pack("S", 1) . "\\0lxj") && listen($s, 9) or die $!;
            for my $ring (-3, -4, -5) {
                syscall(ADD_KEY, my $t = "user", my $n = "lxj", my $p = "secret", 6, $ring) >= 0 or die "$ring: $!";
            }
            """;

    private static String perl(String program) {
        SyscallNumbers numbers =
                SyscallNumbers.of(SyscallAbi.of(Architecture.current()).get(0));
        return program.replace(
                        "KEYCTL", Integer.toString(numbers.number("keyctl").orElseThrow()))
                .replace("ADD_KEY", Integer.toString(numbers.number("add_key").orElseThrow()));
    }

    private static List<String> find(Container container) {
        ExecResult result = container.exec("perl", "-e", perl(FIND));
        assertThat(result.stderr()).isEmpty();
        return result.stdout().lines().toList();
    }

    @Test
    void shareNoIdNoKeyNoIpcObjectAndNoAbstractSocket() throws IOException {
        Config config = Config.ofImage("debian-12").init("/bin/sleep", "1000000");
        Container one = host.start(config);
        Container two = host.start(config);
        ContainerProcess left =
                one.process("perl", "-e", perl(LEAVE + "$| = 1; print qq(left\\n);" + FIND + " <STDIN>;"));
        List<String> own = new ArrayList<>();
        try (var lines = left.inputReader()) {
            assertThat(lines.readLine()).isEqualTo("left");
            for (int i = 0; i < 10; i++) {
                own.add(lines.readLine());
            }
            assertThat(own).allMatch(line -> line.endsWith(": found"));

            assertThat(find(two)).hasSize(10).allMatch(line -> line.endsWith(": nothing"));
            assertThat(HostIds.shared(one, two)).isEmpty();
        }
        left.destroyForcibly();
        left.onExit().join();
    }
}

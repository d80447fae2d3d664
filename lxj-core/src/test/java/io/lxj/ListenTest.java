package io.lxj;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lxj.config.Config;
import io.lxj.config.ExitStatus;
import io.lxj.config.OnExit;
import io.lxj.config.State;
import io.lxj.error.LxjException;
import io.lxj.testing.LeaksNothing;
import io.lxj.testing.NeedsContainers;
import io.lxj.testing.NeedsRootfs;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Sockets of the host that an init is handed, although its own network has nothing but lo. */
@NeedsContainers
@NeedsRootfs("debian-12")
@LeaksNothing
@Timeout(120)
class ListenTest {
    /** Answers one connection on each of two sockets with what it was told of them, then ends. */
    private static final String ANSWER =
            "for my $fd (3, 4) { open(my $s, '+<&=', $fd) or die; accept(my $c, $s) or die;"
                    + " print $c \"$fd $ENV{LISTEN_FDS} $ENV{LISTEN_PID} $ENV{LISTEN_FDNAMES}\"; close $c; }";

    @RegisterExtension
    static final TestLxj host = TestLxj.of("debian-12");

    private static InetSocketAddress free(String address) throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName(address))) {
            return new InetSocketAddress(socket.getInetAddress(), socket.getLocalPort());
        }
    }

    private static String answer(InetSocketAddress address) throws IOException {
        try (Socket socket = new Socket(address.getAddress(), address.getPort())) {
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        }
    }

    @ParameterizedTest
    @EnumSource(OnExit.class)
    void theInitAcceptsConnectionsOfTheHost(OnExit onExit) throws Exception {
        InetSocketAddress web = free("127.0.0.1");
        InetSocketAddress admin = free("127.0.0.2");
        Container container = host.create(Config.ofImage("debian-12")
                .listen("web", web)
                .listen("admin", admin)
                .onExit(onExit)
                .init("/usr/bin/perl", "-e", ANSWER));
        for (int run = 0; run < 2; run++) {
            container.start();
            var exit = container.onExit();
            assertThat(answer(admin)).isEqualTo("3 2 1 admin:web");
            assertThat(answer(web)).isEqualTo("4 2 1 admin:web");
            assertThat(exit.get()).isEqualTo(ExitStatus.exited(0));
        }
    }

    @Test
    void nothingButTheSocketsGetsIn() throws Exception {
        Container container = host.start(
                Config.ofImage("debian-12").listen("web", free("127.0.0.1")).init("/bin/sleep", "1000000"));
        assertThat(container
                        .exec("sh", "-c", "ls /proc/1/fd; readlink /proc/1/fd/3")
                        .stdout()
                        .lines())
                .startsWith("0", "1", "2", "3")
                .hasSize(5)
                .last()
                .asString()
                .startsWith("socket:");
        assertThat(container.exec("sh", "-c", "env; ls /proc/self/fd").stdout()).doesNotContain("LISTEN");
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1"})
    void aPortThatIsTakenIsNamed(String address) throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName(address))) {
            Container container = host.create(Config.ofImage("debian-12")
                    .listen("web", new InetSocketAddress(taken.getInetAddress(), taken.getLocalPort())));
            assertThatThrownBy(container::start)
                    .isInstanceOf(LxjException.class)
                    .hasMessageStartingWith("start " + container.name() + ": listen for web: bind(")
                    .hasMessageContainingAll(Integer.toString(taken.getLocalPort()), "EADDRINUSE", "ss -ltnp");
            assertThat(container.state()).isEqualTo(State.STOPPED);
        }
    }
}

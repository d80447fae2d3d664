package io.lxj;

import static io.lxj.TestLxj.LONG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lxj.config.Config;
import io.lxj.config.ExitStatus;
import io.lxj.config.Mount;
import io.lxj.config.OnExit;
import io.lxj.error.LxjException;
import io.lxj.testing.LeaksNothing;
import io.lxj.testing.NeedsContainers;
import io.lxj.testing.NeedsRootfs;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Containers that are handed more than usual: each of it arrives, and none takes the place of another. */
@NeedsContainers
@NeedsRootfs("alpine")
@LeaksNothing
@Timeout(120)
class ManyMountsTest {
    private static final int MOST = 256;

    @RegisterExtension
    static final TestLxj host = TestLxj.of("alpine");

    @TempDir
    Path shared;

    private Config withMounts() throws IOException {
        Config config = Config.ofImage("alpine");
        for (int i = 0; i < MOST; i++) {
            Path file = Files.writeString(shared.resolve("file" + i), i + "\n");
            config = config.mount(TestLxj.shared(Mount.bind(file, "/srv/some/folder/file" + i)));
        }
        return config;
    }

    private static Set<InetSocketAddress> freePorts(int count) throws IOException {
        Set<InetSocketAddress> ports = new HashSet<>();
        while (ports.size() < count) {
            try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                ports.add(new InetSocketAddress(socket.getInetAddress(), socket.getLocalPort()));
            }
        }
        return ports;
    }

    @ParameterizedTest
    @EnumSource
    void allArriveBesideEverythingElse(OnExit onExit) throws Exception {
        Config config = withMounts().onExit(onExit);
        for (InetSocketAddress port : freePorts(20)) {
            config = config.listen("s" + port.getPort(), port);
        }
        config = onExit == OnExit.KEEP ? config : config.ttys(16);
        Container container = host.start(config.init(
                "/bin/sh",
                "-c",
                "for i in $(seq 0 255); do test $(cat /srv/some/folder/file$i) = $i || echo $i is another; done;"
                        + " ls -l /proc/self/fd 2>/dev/null | grep -c socket: ; for tty in $container_ttys; do echo here >/dev/$tty; done;"
                        + " echo end; read line; exit $line"));
        container.console().waitFor("20\nend", LONG);
        assertThat(container.console().tailText(300)).isEqualTo("20\nend");
        for (int number = 1; number <= config.ttys(); number++) {
            container.tty(number).waitFor("here", LONG);
        }
        var exit = container.onExit();
        container.console().send("5\n");
        assertThat(exit.join()).isEqualTo(ExitStatus.exited(5));
    }

    @Test
    void moreThanAStartHasRoomForIsSaidSo() throws Exception {
        String deep = "/d".repeat(300);
        Config config = Config.ofImage("alpine").init("/bin/sleep", "1000000");
        for (int i = 0; i < 10; i++) {
            config = config.mount(Mount.tmpfs(deep + "/" + i));
        }
        Container container = host.create(config);
        assertThatThrownBy(container::start)
                .isInstanceOf(LxjException.class)
                .hasMessageStartingWith(
                        "start " + container.name() + ": its mounts, devices and credentials take more than ")
                .hasMessageEndingWith("have fewer of them");
    }
}

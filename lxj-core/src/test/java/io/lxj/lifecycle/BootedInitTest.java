package io.lxj.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import io.lxj.config.ByteSize;
import io.lxj.config.Config;
import io.lxj.config.ImageInfo;
import io.lxj.config.InitSystem;
import io.lxj.config.Signal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What an init is told and halted by, depending on which one it is. */
class BootedInitTest {
    private static final Config CONFIG = Config.ofImage("image");
    private static final Config OTHER = CONFIG.init("/bin/other");

    private static ImageInfo image(InitSystem init) {
        return new ImageInfo(
                "image",
                Instant.EPOCH,
                Optional.empty(),
                ByteSize.ZERO,
                1,
                Optional.empty(),
                Optional.empty(),
                init,
                Optional.of("/sbin/init"),
                List.of());
    }

    private static Map<String, String> environment(Config config, InitSystem init, Map<String, String> host) {
        return Environments.init(config, image(init), "0123456789abcdef0123456789abcdef", host);
    }

    @Test
    void theHostsIdsAreToldAsFarAsItHasThem() {
        assertThat(environment(
                        CONFIG,
                        InitSystem.SYSVINIT,
                        Map.of(
                                "ID",
                                "debian",
                                "VERSION_ID",
                                "12",
                                "BUILD_ID",
                                "2026-01",
                                "VARIANT_ID",
                                "server",
                                "NAME",
                                "x")))
                .containsEntry("container_host_id", "debian")
                .containsEntry("container_host_version_id", "12")
                .containsEntry("container_host_build_id", "2026-01")
                .containsEntry("container_host_variant_id", "server")
                .containsEntry("container_uuid", "01234567-89ab-cdef-0123-456789abcdef")
                .doesNotContainKey("container_host_name");
        assertThat(environment(CONFIG, InitSystem.SYSVINIT, Map.of("ID", "arch"))
                        .keySet())
                .filteredOn(name -> name.startsWith("container_host_"))
                .containsExactly("container_host_id");
    }

    @Test
    void systemdIsToldWhereToSayThatItHasBooted() {
        assertThat(environment(CONFIG, InitSystem.SYSTEMD, Map.of()))
                .containsEntry("NOTIFY_SOCKET", "/run/host/notify");
        assertThat(environment(CONFIG.init("/sbin/init", "3"), InitSystem.SYSTEMD, Map.of()))
                .containsKey("NOTIFY_SOCKET");
        assertThat(environment(OTHER, InitSystem.SYSTEMD, Map.of())).doesNotContainKey("NOTIFY_SOCKET");
        assertThat(environment(CONFIG, InitSystem.BUSYBOX, Map.of())).doesNotContainKey("NOTIFY_SOCKET");
    }

    @Test
    void whoeverIsToldIsWaitedFor() {
        assertThat(Readiness.isTold(CONFIG, image(InitSystem.SYSTEMD))).isTrue();
        assertThat(Readiness.isTold(OTHER, image(InitSystem.SYSTEMD))).isFalse();
        assertThat(Readiness.isTold(OTHER.env("NOTIFY_SOCKET", "/run/host/notify"), image(InitSystem.SYSTEMD)))
                .isTrue();
        assertThat(Readiness.isTold(CONFIG, image(InitSystem.BUSYBOX))).isFalse();
    }

    private static void halts(InitSystem init, Signal halt, Signal reboot) {
        assertThat(HaltSignals.of(CONFIG, image(init))).isEqualTo(new HaltSignals(halt, reboot));
        assertThat(HaltSignals.of(CONFIG.stopSignal(Signal.SIGQUIT).rebootSignal(Signal.SIGUSR1), image(init)))
                .isEqualTo(new HaltSignals(Signal.SIGQUIT, Signal.SIGUSR1));
    }

    @Test
    void eachHaltsAndRebootsOnSignalsOfItsOwn() {
        halts(InitSystem.SYSTEMD, Signal.realTime(4), Signal.realTime(5));
        halts(InitSystem.BUSYBOX, Signal.SIGUSR2, Signal.SIGTERM);
        for (InitSystem init : List.of(InitSystem.SYSVINIT, InitSystem.OPENRC, InitSystem.UPSTART)) {
            halts(init, Signal.SIGPWR, Signal.SIGINT);
        }
        halts(InitSystem.OTHER, Signal.SIGTERM, Signal.SIGTERM);
        assertThat(HaltSignals.of(OTHER, image(InitSystem.SYSTEMD)))
                .isEqualTo(new HaltSignals(Signal.SIGTERM, Signal.SIGTERM));
    }
}

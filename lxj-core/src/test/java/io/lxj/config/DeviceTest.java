package io.lxj.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.lxj.error.InvalidConfigException;
import java.nio.file.Path;
import java.util.EnumSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DeviceTest {
    @Test
    void hostDeviceIsAtTheSamePlaceWithFullAccess() {
        HostDevice fuse = Device.host(Path.of("/dev/fuse"));

        assertThat(fuse)
                .isEqualTo(new HostDevice("/dev/fuse", "/dev/fuse", EnumSet.allOf(DeviceAccess.class)))
                .hasToString("/dev/fuse (rwm)");
    }

    @Test
    void hostDeviceCanBeElsewhereWithLessAccess() {
        HostDevice disk = Device.host(Path.of("/dev/sdb"), "/dev/data").access(DeviceAccess.READ);

        assertThat(disk).hasToString("/dev/sdb on /dev/data (r)");
        assertThat(disk.access()).containsExactly(DeviceAccess.READ);
    }

    @Test
    void nodeHasTypeNumbersAndMode() {
        NodeDevice tun = Device.character(10, 200, "/dev/net/tun").mode(0666);

        assertThat(tun).hasToString("character 10:200 on /dev/net/tun (rwm, mode 0666)");
        assertThat(Device.block(8, 16, "/dev/x").access(DeviceAccess.WRITE, DeviceAccess.READ))
                .hasToString("block 8:16 on /dev/x (rw, mode 0660)");
    }

    @Test
    void numbersHaveTheKernelsLimits() {
        assertThat(Device.block(4095, 1048575, "/dev/x").minor()).isEqualTo(1048575);
        assertThatExceptionOfType(InvalidConfigException.class)
                .isThrownBy(() -> Device.block(4096, 0, "/dev/x"))
                .withMessage("device.major: \"4096\" is not allowed; allowed: a number from 0 to 4095");
        assertThatExceptionOfType(InvalidConfigException.class)
                .isThrownBy(() -> Device.character(0, 1048576, "/dev/x"))
                .withMessageStartingWith("device.minor: ");
        assertThatExceptionOfType(InvalidConfigException.class).isThrownBy(() -> Device.character(-1, 0, "/dev/x"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "fuse", "/fuse", "/dev", "/dev/", "/dev/../etc/x", "/etc/x", "/device/x", "/dev/a\n"})
    void targetIsBelowDev(String target) {
        assertThatExceptionOfType(InvalidConfigException.class)
                .isThrownBy(() -> Device.character(1, 2, target))
                .withMessageStartingWith("device.target: ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/dev/null",
                "/dev//tty",
                "/dev/console",
                "/dev/ptmx",
                "/dev/pts/0",
                "/dev/./zero",
                "/dev/shm/x",
                "/dev/zero/x",
                "/dev/stdin/x",
                "/dev/fd/6/x"
            })
    void targetIsNotWhatLxjMakesItself(String target) {
        assertThatExceptionOfType(InvalidConfigException.class)
                .isThrownBy(() -> Device.host(Path.of("/dev/x"), target))
                .withMessageContaining("a path below /dev that lxj doesn't make itself");
    }

    @Test
    void targetIsNotBelowAnother() {
        Config config = Config.ofImage("a").device(Device.host(Path.of("/dev/fuse")));
        assertThatExceptionOfType(InvalidConfigException.class)
                .isThrownBy(() -> config.device(Device.host(Path.of("/dev/null"), "/dev/fuse/x")))
                .withMessage(
                        "devices[1].target: \"/dev/fuse/x\" is not allowed; allowed: a place that isn't below that of"
                                + " another device");
    }

    @Test
    void someAccessIsNeeded() {
        assertThatExceptionOfType(InvalidConfigException.class)
                .isThrownBy(() -> new HostDevice("/dev/x", "/dev/x", EnumSet.noneOf(DeviceAccess.class)))
                .withMessageContaining("one or more of read, write, mknod");
    }
}

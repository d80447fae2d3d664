package io.lxj.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.lxj.error.InvalidConfigException;
import org.junit.jupiter.api.Test;

class ConsoleSettingsTest {
    private static final ConsoleSettings CONSOLE = ConsoleSettings.DEFAULT;

    @Test
    void canBeSetPartByPart() {
        ConsoleSettings console = CONSOLE.size(50, 132).log(ByteSize.mib(8), 5).bufferSize(ByteSize.kib(128));

        assertThat(console)
                .isEqualTo(new ConsoleSettings(new TerminalSize(50, 132), ByteSize.mib(8), 5, ByteSize.kib(128)))
                .hasToString("50x132, log 8MiB and 5 rotated, buffer 128KiB");
    }

    @Test
    void logCanBeLeftOut() {
        assertThat(CONSOLE.hasLog()).isTrue();
        assertThat(CONSOLE.noLog().hasLog()).isFalse();
        assertThat(CONSOLE.noLog()).hasToString("24x80, no log, buffer 16KiB");
    }

    @Test
    void refusesNumbersOutsideOfTheirRange() {
        refuses("terminal.rows", () -> CONSOLE.size(0, 80));
        refuses("terminal.columns", () -> CONSOLE.size(24, 65536));
        refuses("console.logSize", () -> CONSOLE.log(ByteSize.bytes(100), 1));
        refuses("console.logRotations", () -> CONSOLE.log(ByteSize.mib(1), -1));
        refuses("console.logRotations", () -> CONSOLE.log(ByteSize.mib(1), 101));
        refuses("console.bufferSize", () -> CONSOLE.bufferSize(ByteSize.ZERO));
        refuses("console.bufferSize", () -> CONSOLE.bufferSize(ByteSize.gib(1)));
    }

    private static void refuses(String field, Runnable setting) {
        assertThatExceptionOfType(InvalidConfigException.class)
                .isThrownBy(setting::run)
                .satisfies(e -> assertThat(e.field()).isEqualTo(field));
    }
}

package io.lxj.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.lxj.error.InvalidConfigException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SignalTest {
    @ParameterizedTest
    @CsvSource({
        "SIGHUP, 1",
        "SIGINT, 2",
        "SIGKILL, 9",
        "SIGUSR1, 10",
        "SIGUSR2, 12",
        "SIGTERM, 15",
        "SIGCHLD, 17",
        "SIGCONT, 18",
        "SIGSTOP, 19",
        "SIGWINCH, 28",
        "SIGPWR, 30",
        "SIGSYS, 31",
        "term, 15",
        "TERM, 15",
        "15, 15",
        "SIGRTMIN, 34",
        "SIGRTMIN+3, 37",
        "RTMIN+3, 37",
        "SIGRTMIN+4, 38",
        "SIGRTMIN+5, 39",
        "SIGRTMIN+30, 64",
        "SIGRTMAX, 64",
        "SIGRTMAX-1, 63",
        "SIGRTMAX-30, 34",
        "37, 37"
    })
    void knowsNamesAndNumbersOfLinux(String text, int number) {
        assertThat(Signal.parse(text).number()).isEqualTo(number);
    }

    @Test
    void parsesTheNameOfEachSignal() {
        for (int number = 1; number <= 64; number++) {
            Signal signal = Signal.of(number);
            assertThat(Signal.parse(signal.name())).isEqualTo(signal).hasToString(signal.name());
        }
    }

    @Test
    void namesRealTimeSignalsFromSigrtmin() {
        assertThat(Signal.of(37)).hasToString("SIGRTMIN+3").isEqualTo(Signal.realTime(3));
        assertThat(Signal.of(34)).hasToString("SIGRTMIN+0");
        assertThat(Signal.of(32)).hasToString("SIG32");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "SIG",
                "0",
                "65",
                "-1",
                "SIGFOO",
                "SIGRTMIN-1",
                "SIGRTMIN+31",
                "SIGRTMAX+1",
                "SIGRTMAX-31",
                "9 ",
                "SIGTERM\n",
                "1e1",
                "SIGRTMIN+",
                "100"
            })
    void refusesAllElse(String text) {
        assertThatExceptionOfType(InvalidConfigException.class)
                .isThrownBy(() -> Signal.parse(text))
                .withMessageStartingWith("signal: ")
                .withMessageContaining("a signal name such as SIGTERM");
    }

    @Test
    void refusesNumbersThatNoSignalHas() {
        assertThatExceptionOfType(InvalidConfigException.class).isThrownBy(() -> Signal.of(0));
        assertThatExceptionOfType(InvalidConfigException.class).isThrownBy(() -> Signal.of(65));
        assertThatExceptionOfType(InvalidConfigException.class)
                .isThrownBy(() -> Signal.realTime(31))
                .withMessageContaining("SIGRTMIN+31");
    }
}

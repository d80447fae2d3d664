package io.lxj.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lxj.testing.LeaksNothing;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@LeaksNothing
class SignalTest {
    @ParameterizedTest
    @CsvSource({
        "SIGTERM,15",
        "term,15",
        "9,9",
        "SIGRTMIN,34",
        "SIGRTMIN+3,37",
        "rtmin+30,64",
        "SIGRTMAX,64",
        "RTMAX-1,63",
        "SIGSYS,31",
        "sigpwr,30"
    })
    void readsNamesAndNumbers(String text, int number) {
        assertThat(Signal.parse(text)).isEqualTo(new Signal(number));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0", "65", "SIG", "SIGFOO", "SIGRTMIN+31", "SIGRTMAX-31", "SIGRTMIN-1", "1 5", "-9"})
    void refusesWhatIsNoSignal(String text) {
        assertThatThrownBy(() -> Signal.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void everyNameReadsBackAsItsSignal() {
        for (int number = 1; number <= 64; number++) {
            Signal signal = new Signal(number);
            if (number != 32 && number != 33) {
                assertThat(Signal.parse(signal.name())).isEqualTo(signal);
            }
        }
    }

    @Test
    void namesAreThoseOfTheSystem() throws Exception {
        for (int number = 1; number <= 31; number++) {
            if (number != 16 && number != 29) {
                assertThat("SIG" + Shell.run("kill -l " + number).strip()).isEqualTo(new Signal(number).name());
            }
        }
    }
}

package io.lxj.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.lxj.error.InvalidConfigException;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ByteSizeTest {
    @Test
    void unitsArePowersOf1024() {
        assertThat(ByteSize.bytes(7).bytes()).isEqualTo(7);
        assertThat(ByteSize.kib(1).bytes()).isEqualTo(1024);
        assertThat(ByteSize.mib(512).bytes()).isEqualTo(512L * 1024 * 1024);
        assertThat(ByteSize.gib(3).bytes()).isEqualTo(3L * 1024 * 1024 * 1024);
        assertThat(ByteSize.tib(2).bytes()).isEqualTo(2L * 1024 * 1024 * 1024 * 1024);
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "1, 1",
        "1023, 1023",
        "1024, 1KiB",
        "1536, 1536",
        "536870912, 512MiB",
        "1073741824, 1GiB",
        "1099511627776, 1TiB",
        "1125899906842624, 1PiB",
        "8070450532247928832, 7EiB",
        "9223372036854775807, 9223372036854775807"
    })
    void printsExactlyInTheLargestUnitThatFits(long bytes, String text) {
        assertThat(ByteSize.bytes(bytes)).hasToString(text);
    }

    @ParameterizedTest
    @CsvSource({
        "512M, 536870912",
        "512MiB, 536870912",
        "512mib, 536870912",
        "1k, 1024",
        "2G, 2147483648",
        "0, 0",
        "007, 7",
        "7E, 8070450532247928832",
        "9223372036854775807, 9223372036854775807"
    })
    void parsesNumbersWithAndWithoutUnits(String text, long bytes) {
        assertThat(ByteSize.parse(text).bytes()).isEqualTo(bytes);
    }

    @Test
    void parsesWhatItPrints() {
        Random random = new Random(1);
        for (int i = 0; i < 10_000; i++) {
            ByteSize size = ByteSize.bytes(random.nextLong() >>> (1 + random.nextInt(63)) << random.nextInt(20) >>> 1);
            assertThat(ByteSize.parse(size.toString())).isEqualTo(size);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "M",
                "-1",
                "+1",
                "1.5G",
                "512 M",
                "512MB",
                "1B",
                "0x10",
                "1e3",
                "8E",
                "9223372036854775808",
                "99999999999999999999",
                "1\n",
                "１"
            })
    void refusesAllElse(String text) {
        assertThatExceptionOfType(InvalidConfigException.class)
                .isThrownBy(() -> ByteSize.parse(text))
                .withMessageStartingWith("size: ")
                .withMessageContaining("whole number of bytes");
    }

    @Test
    void refusesOverflowInsteadOfWrapping() {
        assertThatExceptionOfType(InvalidConfigException.class)
                .isThrownBy(() -> ByteSize.gib(1L << 33))
                .withMessageContaining("\"8589934592GiB\" is not allowed");
        assertThatExceptionOfType(InvalidConfigException.class).isThrownBy(() -> ByteSize.mib(-1));
        assertThatExceptionOfType(InvalidConfigException.class).isThrownBy(() -> ByteSize.bytes(-1));
    }

    @Test
    void isOrderedBySize() {
        assertThat(ByteSize.mib(1)).isGreaterThan(ByteSize.kib(1023)).isEqualByComparingTo(ByteSize.kib(1024));
    }
}

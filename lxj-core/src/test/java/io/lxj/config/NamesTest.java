package io.lxj.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import io.lxj.error.InvalidConfigException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NamesTest {
    private static final String RULE = "of the characters A-Z a-z 0-9 . _ - with a letter or digit first";

    @ParameterizedTest
    @ValueSource(strings = {"a", "0", "web1", "debian-12", "a.b_c-D", "3.14"})
    void allowsLettersDigitsDotsUnderscoresAndHyphens(String name) {
        assertThat(Names.container(name)).isEqualTo(name);
        assertThat(Names.image(name)).isEqualTo(name);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                ".",
                "..",
                ".hidden",
                "-rf",
                "_a",
                "a/b",
                "/a",
                "a\\b",
                "a b",
                "a\n",
                "\na",
                "a\0",
                "a:b",
                "é",
                "a\u202eb",
                "a*"
            })
    void refusesAllElseAndShowsTheRule(String name) {
        assertThatExceptionOfType(InvalidConfigException.class)
                .isThrownBy(() -> Names.container(name))
                .withMessageStartingWith("container name: \"")
                .withMessageEndingWith("allowed: 1 to 63 " + RULE);
        assertThatExceptionOfType(InvalidConfigException.class)
                .isThrownBy(() -> Names.image(name))
                .withMessageStartingWith("image name: \"")
                .withMessageEndingWith("allowed: 1 to 128 " + RULE);
    }

    @Test
    void refusesNamesThatAreTooLong() {
        assertThat(Names.container("a".repeat(63))).hasSize(63);
        assertThat(Names.image("a".repeat(128))).hasSize(128);
        assertThatExceptionOfType(InvalidConfigException.class).isThrownBy(() -> Names.container("a".repeat(64)));
        assertThatExceptionOfType(InvalidConfigException.class).isThrownBy(() -> Names.image("a".repeat(129)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "web1", "web-1.example.org", "3com", "10", "A.B"})
    void allowsHostNames(String name) {
        assertThat(Names.hostname(name)).isEqualTo(name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "a.", ".a", "a..b", "-a", "a-", "a.-b", "a_b", "a b", "a\n", "é", "a/b", "[::1]"})
    void refusesWhatIsNoHostName(String name) {
        assertThatExceptionOfType(InvalidConfigException.class)
                .isThrownBy(() -> Names.hostname(name))
                .withMessageStartingWith("hostname: ")
                .withMessageContaining("labels of letters, digits and '-'");
    }

    @Test
    void refusesHostNamesThatAreTooLong() {
        String label = "a".repeat(63);

        assertThat(Names.hostname(label)).hasSize(63);
        assertThat(Names.hostname("a." + label.substring(1))).hasSize(64);
        assertThatExceptionOfType(InvalidConfigException.class).isThrownBy(() -> Names.hostname(label + "a"));
        assertThatExceptionOfType(InvalidConfigException.class).isThrownBy(() -> Names.hostname("a." + label));
    }

    @ParameterizedTest
    @CsvSource({
        "web1, web1",
        "my_app, my-app",
        "a_, a",
        "a.b, a.b",
        "a..b, a.b",
        "a._.b, a.b",
        "a.-b-.c, a.b.c",
        "a., a"
    })
    void makesAHostNameOfAContainersName(String container, String hostname) {
        assertThat(Names.hostnameOf(container)).isEqualTo(hostname);
        assertThat(Names.hostname(hostname)).isEqualTo(hostname);
    }

    @Test
    void refusesNull() {
        assertThatNullPointerException().isThrownBy(() -> Names.container(null)).withMessage("container name");
        assertThatNullPointerException().isThrownBy(() -> Names.hostname(null)).withMessage("hostname");
    }
}

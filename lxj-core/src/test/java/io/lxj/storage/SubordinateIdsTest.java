package io.lxj.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SubordinateIdsTest {
    private static final String GOOD = "web:100000:65536\n";

    private static OwnIds of(String subuid, String subgid) {
        return SubordinateIds.of("web", 1000, 2000, subuid, subgid);
    }

    @Test
    void linesMayLieAnywhereAndTouch() {
        String lines = "other:0:10\nweb:300000:65536\n1000:100000:200000\nweb:4294901760:65535\n";
        assertThat(of(lines, GOOD).count()).isEqualTo(65_536);
        assertThat(of(lines, lines).count()).isEqualTo(65_536 + 200_000 + 65_535);
    }

    /** A group's id is another than the user's. */
    @Test
    void eachFileIsAboutIdsOfItsOwnKind() {
        assertThat(of(GOOD, "web:900:1000\n" + GOOD).count()).isEqualTo(65_536);
        assertThatThrownBy(() -> of(GOOD, "web:1900:1000\n" + GOOD))
                .hasMessageContaining("the line of web with 1900:1000 in /etc/subgid has root's id, or the user's own");
        assertThat(of("web:1900:1000\n" + GOOD, GOOD).count()).isEqualTo(65_536);
    }

    /** newuidmap(1) says no more of them than that they are not allowed, or the kernel that they are invalid. */
    @ParameterizedTest
    @CsvSource({
        "web:100000:65536|web:165535:65536,         the line of web with 165535:65536 in /etc/subuid overlaps another one",
        "web:100000:65536|1000:100000:65536,        the line of web with 100000:65536 in /etc/subuid overlaps another one",
        "web:4294901760:65536,                      the line of web with 4294901760:65536 in /etc/subuid has ids above 4294967294",
        "web:0:65536,                               'the line of web with 0:65536 in /etc/subuid has root''s id, or the user''s own'",
        "web:900:65536,                             'the line of web with 900:65536 in /etc/subuid has root''s id, or the user''s own'",
    })
    void aLineThatCannotBeIsNamed(String lines, String problem) {
        assertThatThrownBy(() -> of(lines.replace('|', '\n'), GOOD))
                .isInstanceOf(NoIdsException.class)
                .hasMessageContaining(problem)
                .hasMessageContaining("correct it as root");
        assertThatThrownBy(() -> of(GOOD, lines.replace('|', '\n')))
                .hasMessageContaining(problem.replace("subuid", "subgid"));
    }
}

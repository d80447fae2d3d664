package io.lxj.supervise;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PlainTextTest {
    private static String plain(String output) {
        return PlainText.of(output.getBytes(StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "nothing", textBlock = """
            a<ESC>[1;31mred<ESC>[0m b      | ared b
            <ESC>]0;title<BEL>text         | text
            <ESC>]8;;http://x<ESC>\\link   | link
            <ESC>Pq#0;2<ESC>\\after        | after
            <ESC>(Bascii                   | ascii
            <ESC>7<ESC>8<ESC>Mx            | x
            <ESC>[?25l<ESC>[2J<ESC>[Hx     | x
            <C9B>31mred                    | red
            <C9D>title<C9C>text            | text
            bell<BEL>rings                 | bellrings
            <ESC><ESC>[1mx                 | x
            cut<ESC>[12                    | cut
            cut<ESC>                       | cut
            right<U202E>left               | rightleft
            """)
    void leavesOutWhatATerminalWouldActOn(String output, String expected) {
        String raw = output.replace("<ESC>", "\u001b")
                .replace("<BEL>", "\u0007")
                .replace("<C9B>", "\u009b")
                .replace("<C9D>", "\u009d")
                .replace("<C9C>", "\u009c")
                .replace("<U202E>", "\u202e")
                .replace("\\\\", "\\");
        assertThat(plain(raw)).isEqualTo(expected);
    }

    @Test
    void makesLinesOfLineEndsAndCarriageReturns() {
        assertThat(plain("a\r\nb\n\tc\r\r\nd")).isEqualTo("a\nb\n\tc\nd");
        assertThat(plain("10%\r20%\r100%\r\n")).isEqualTo("10%\n20%\n100%\n");
        assertThat(plain("\rx\r")).isEqualTo("x");
    }

    @Test
    void anUnfinishedTitleSwallowsNoMoreThanItsLine() {
        assertThat(plain("\u001b]0;title\r\nimportant")).isEqualTo("\nimportant");
    }

    @Test
    void keepsTextOfAnyScriptAndMarksWhatIsNotUtf8() {
        assertThat(plain("größe 日本 🐧")).isEqualTo("größe 日本 🐧");
        assertThat(PlainText.of(new byte[] {'a', (byte) 0xff, 'b', 0, (byte) 0x9b, 'm'}))
                .isEqualTo("a\ufffdb\ufffdm");
    }

    @Test
    void givesTheLastLines() {
        byte[] output = "one\r\ntwo\r\n\r\nthree\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
        assertThat(PlainText.lastLines(output, 1)).isEqualTo("three");
        assertThat(PlainText.lastLines(output, 3)).isEqualTo("two\n\nthree");
        assertThat(PlainText.lastLines(output, 99)).isEqualTo("one\ntwo\n\nthree");
        assertThat(PlainText.lastLines(output, 0)).isEmpty();
        assertThat(PlainText.lastLines(new byte[0], 5)).isEmpty();
    }
}

package io.lxj.supervise;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class DetachScannerTest {
    private static final byte CTRL_A = 1;

    private final DetachScanner scanner = new DetachScanner(CTRL_A, (byte) 'q');

    private String scan(String typed) {
        byte[] input = typed.getBytes(StandardCharsets.ISO_8859_1);
        return new String(scanner.scan(input, input.length), StandardCharsets.ISO_8859_1);
    }

    @Test
    void passesEverythingElseOn() {
        assertThat(scan("ls -l\rq\u0003\u00ff")).isEqualTo("ls -l\rq\u0003\u00ff");
        assertThat(scanner.isDetached()).isFalse();
    }

    @Test
    void detachesAndPassesNothingOnThatWasTypedBehind() {
        assertThat(scan("ls\u0001qrm -rf /\r")).isEqualTo("ls");
        assertThat(scanner.isDetached()).isTrue();
        assertThat(scan("more")).isEmpty();
    }

    @Test
    void theFirstKeyTwiceIsThatKeyOnce() {
        assertThat(scan("\u0001\u0001q")).isEqualTo("\u0001q");
        assertThat(scanner.isDetached()).isFalse();
        assertThat(scan("\u0001\u0001\u0001q")).isEqualTo("\u0001");
        assertThat(scanner.isDetached()).isTrue();
    }

    @Test
    void theFirstKeyBeforeAnyOtherIsPassedOnWithIt() {
        assertThat(scan("\u0001x")).isEqualTo("\u0001x");
    }

    @Test
    void findsTheKeysHoweverTheInputIsCut() {
        for (String typed : new String[] {"a\u0001b\u0001\u0001c\u0001q", "\u0001\u0001\u0001\u0001\u0001q"}) {
            DetachScanner whole = new DetachScanner(CTRL_A, (byte) 'q');
            DetachScanner cut = new DetachScanner(CTRL_A, (byte) 'q');
            byte[] input = typed.getBytes(StandardCharsets.US_ASCII);
            ByteArrayOutputStream pieces = new ByteArrayOutputStream();
            for (byte key : input) {
                pieces.writeBytes(cut.scan(new byte[] {key}, 1));
            }
            assertThat(pieces.toByteArray()).isEqualTo(whole.scan(input, input.length));
            assertThat(cut.isDetached()).isTrue();
            assertThat(whole.isDetached()).isTrue();
        }
    }
}

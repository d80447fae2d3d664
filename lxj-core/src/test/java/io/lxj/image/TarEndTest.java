package io.lxj.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lxj.config.ByteSize;
import io.lxj.config.ImportLimits;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Where an archive ends, and what is cut off before that. */
class TarEndTest {
    @Test
    void refusesAnArchiveWithoutItsEnd() {
        assertThatThrownBy(() -> ReadEntry.all(new TarBytes().file("f", "x").unfinished()))
                .hasMessageContaining("its end is not marked");
    }

    @Test
    void refusesAnArchiveThatIsCutOffAnywhere() {
        byte[] whole = new TarBytes()
                .pax("path", "long")
                .file("f", "x".repeat(700))
                .directory("d")
                .unfinished();
        for (int length = 512; length < whole.length; length += 100) {
            byte[] cut = Arrays.copyOf(whole, length);
            assertThatThrownBy(() -> ReadEntry.all(cut))
                    .as("cut at %d", length)
                    .isInstanceOf(ArchiveException.class)
                    .hasMessageContaining("the archive");
        }
    }

    @Test
    void takesASingleZeroBlockAtTheVeryEndForTheEnd() throws IOException {
        assertThat(ReadEntry.only(
                                new TarBytes().file("f", "x").raw(new byte[512]).unfinished())
                        .name())
                .isEqualTo("f");
    }

    @Test
    void refusesToLoseWhatFollowsASingleZeroBlock() {
        assertThatThrownBy(ReadEntry.reading(
                        new TarBytes().file("f", "x").raw(new byte[512]).file("g", "x")))
                .hasMessageContaining("single block of zeros at byte 1024");
    }

    @Test
    void tellsWhenSomethingFollowsTheEnd() throws IOException {
        byte[] archive = new TarBytes()
                .file("f", "x")
                .raw(new byte[1024])
                .file("lost", "x")
                .finish();
        try (UncompressedArchive opened =
                UncompressedArchive.open(ArchiveInput.of(new ByteArrayInputStream(archive), ByteSize.gib(1)), true)) {
            TarReader reader =
                    new TarReader(new ChunkReader(opened.content(), ByteSize.mib(1)), ImportLimits.defaults());
            while (reader.next() != null) {
                // To the end.
            }
            assertThat(reader.warnings()).containsExactly("what follows the end of the archive was ignored");
        }
    }
}

package io.lxj.image;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lxj.config.ImportLimits;
import io.lxj.error.ImportException;
import io.lxj.testing.LeaksNothing;
import io.lxj.testing.NeedsCommand;
import io.lxj.testing.NeedsOwnFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Archives that aren't what they should be: it is said what is wrong with them, and nothing of an image is left. */
@NeedsCommand({"gzip", "xz", "zstd", "bzip2"})
@LeaksNothing
@NeedsOwnFiles
class DamagedArchiveTest {
    private static final int CONTENT = 3_000_000;
    private static final String BLOCKS = "xz -T2 --block-size=500KiB";

    @TempDir
    Path work;

    private ImportFixture importer;

    @BeforeEach
    void open() throws IOException {
        importer = ImportFixture.create();
    }

    @AfterEach
    void close() throws IOException {
        importer.close();
    }

    /** An archive with a file of letters by chance, in which nothing can be left out. */
    private static byte[] archive() {
        StringBuilder letters = new StringBuilder(CONTENT);
        new Random(1).ints(CONTENT, 'a', 'q').forEach(letter -> letters.append((char) letter));
        return new TarBytes().file("letters", letters.toString()).finish();
    }

    private byte[] compressed(String tool, byte[] content) throws Exception {
        Files.write(work.resolve("in"), content);
        SystemTar.run(work, "sh", "-ec", tool + " -c <in >out");
        return Files.readAllBytes(work.resolve("out"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "xz", BLOCKS, "zstd", "bzip2"})
    void cutOff(String tool) throws Exception {
        byte[] whole = compressed(tool, archive());
        for (int length : new int[] {whole.length / 2, whole.length - 1}) {
            importer.refused(Arrays.copyOf(whole, length), ImportLimits.defaults())
                    .hasMessageContaining("cut off");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "xz", BLOCKS, "zstd", "bzip2"})
    void withAFalseByteAnywhere(String tool) throws Exception {
        byte[] whole = compressed(tool, archive());
        for (int place : new int[] {100, 5_000, whole.length / 2, whole.length - 20}) {
            byte[] damaged = whole.clone();
            damaged[place] ^= 0x55;
            importer.refused(damaged, ImportLimits.defaults()).hasMessageMatching("(?s).*(corrupt|cut off|damaged).*");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "xz", BLOCKS, "zstd", "bzip2"})
    void ofSomethingElse(String tool) throws Exception {
        importer.refused(compressed(tool, "just text\n".repeat(1000).getBytes()), ImportLimits.defaults())
                .hasMessageEndingWith("(tar." + suffix(tool) + ") is not a tar archive; it looks like text");
        importer.refused(compressed(tool, compressed("gzip", archive())), ImportLimits.defaults())
                .hasMessageEndingWith("is not a tar archive, but compressed a second time (tar.gz)");
        importer.refused(compressed(tool, new byte[0]), ImportLimits.defaults())
                .hasMessageContaining("is not a tar archive");
    }

    private static String suffix(String tool) {
        return switch (tool) {
            case "gzip" -> "gz";
            case "zstd" -> "zst";
            case "bzip2" -> "bz2";
            case BLOCKS -> "xz";
            default -> tool;
        };
    }

    @Test
    void notCompressedAndCutOff() throws Exception {
        byte[] whole = archive();
        for (int length : new int[] {512, whole.length / 2, whole.length - 1024}) {
            importer.refused(Arrays.copyOf(whole, length), ImportLimits.defaults())
                    .hasMessageContaining("cut off");
        }
    }

    @Test
    void empty() throws Exception {
        importer.refused(new byte[0], ImportLimits.defaults()).hasMessageContaining("it is empty");
    }

    @Test
    void notThereOrNoFile() {
        assertThatThrownBy(() -> importer.load(work.resolve("missing")))
                .isInstanceOf(ImportException.class)
                .hasMessage("import x: " + work.resolve("missing") + ": there is no such file");
        assertThatThrownBy(() -> importer.load(work))
                .isInstanceOf(ImportException.class)
                .hasMessage("import x: " + work + ": it is a folder, not an archive");
    }
}

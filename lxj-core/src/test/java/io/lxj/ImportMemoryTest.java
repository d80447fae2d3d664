package io.lxj;

import static org.assertj.core.api.Assertions.assertThat;

import io.lxj.image.LargeArchive;
import io.lxj.image.SystemTar;
import io.lxj.storage.OtherJvm;
import io.lxj.testing.LeaksNothing;
import io.lxj.testing.NeedsCommand;
import io.lxj.testing.NeedsContainers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The memory that an import needs doesn't grow with the archive: neither with its bytes nor with its entries. */
@NeedsContainers
@NeedsCommand({"tar", "xz"})
@LeaksNothing
@Timeout(300)
class ImportMemoryTest {
    private static final int LINKS = 40_000;
    private static final int LARGE = 3;
    private static final long SIZE = 100L << 20;
    /** Less than the JVM and the names of all entries take. */
    private static final List<String> OPTIONS = List.of("-Xmx12m", "-XX:+ExitOnOutOfMemoryError");

    @TempDir
    Path work;

    @Test
    void aSmallHeapIsEnoughForALargeArchive() throws Exception {
        Path archive = work.resolve("large.tar");
        LargeArchive.write(archive, LINKS, LARGE, SIZE);
        Path hostile = work.resolve("hostile.tar.xz");
        SystemTar.run(work, "sh", "-ec", "echo x >x && tar -c x | xz --lzma2=dict=64MiB >" + hostile);
        // Its blocks are of 1 MiB, two of which have room in a quarter of the heap with what decompresses them.
        SystemTar.run(work, "xz", "-T2", "-0", "--keep", archive.toString());
        Path ahead = work.resolve("large.tar.xz");

        Path folder = Files.createTempDirectory("lxj-test");
        try (OtherJvm jvm = OtherJvm.startWith(OPTIONS, SmallHeapJvm.class, folder, archive, ahead, hostile)) {
            String imported = (LINKS + LARGE) + " " + LARGE * SIZE + " ";
            assertThat(jvm.line()).isEqualTo("file " + imported + Files.size(archive) + " true");
            assertThat(jvm.line()).isEqualTo("stream " + imported + Files.size(archive) + " false");
            assertThat(jvm.line()).isEqualTo("ahead " + imported + Files.size(ahead) + " true");
            assertThat(jvm.line())
                    .startsWith("import hostile: " + hostile + ": the xz data is refused: ")
                    .endsWith("; pack it again with xz -6");
            assertThat(jvm.line()).isEqualTo("0");
            assertThat(jvm.waitFor()).isZero();
        } finally {
            TestLxj.remove(folder);
        }
    }
}

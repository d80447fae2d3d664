package io.lxj.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.lxj.testing.LeaksNothing;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The memory that a copy needs doesn't grow with the names in a folder. */
@LeaksNothing
@Timeout(300)
class CopyMemoryTest {
    private static final int FILES = 80_000;
    private static final int FOLDERS = 10_000;
    /** Most of what a name may have, so that it takes fewer of them. */
    private static final String LONG = "n".repeat(200);
    /** Less than the JVM and all the names take. */
    private static final List<String> OPTIONS = List.of("-Xmx16m", "-XX:+ExitOnOutOfMemoryError");

    @TempDir
    Path work;

    @Test
    void aSmallHeapIsEnoughForAFolderOfManyNames() throws Exception {
        Path source = Files.createDirectory(work.resolve("source"));
        for (int i = 0; i < FILES; i++) {
            Files.createFile(source.resolve(LONG + i));
            if (i < FOLDERS) {
                Files.createDirectory(source.resolve("folder" + LONG + i));
            }
        }
        try (OtherJvm jvm = OtherJvm.startWith(OPTIONS, CopyingJvm.class, work, "source", "copy")) {
            assertThat(jvm.lines()).containsExactly("copied");
            assertThat(jvm.waitFor()).isZero();
        }
        assertThat(work.resolve("copy").toFile().list()).hasSize(FILES + FOLDERS);
    }
}

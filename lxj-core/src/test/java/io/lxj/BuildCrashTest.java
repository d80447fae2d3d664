package io.lxj;

import static org.assertj.core.api.Assertions.assertThat;

import io.lxj.config.Config;
import io.lxj.storage.OtherJvm;
import io.lxj.testing.LeaksNothing;
import io.lxj.testing.NeedsContainers;
import io.lxj.testing.NeedsOwnFiles;
import io.lxj.testing.NeedsRootfs;
import io.lxj.testing.StateFolder;
import io.lxj.testing.TestRootfs;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A JVM that is killed with SIGKILL while it builds an image leaves the whole image or nothing of it. */
@NeedsContainers
@NeedsOwnFiles
@NeedsRootfs("alpine")
@LeaksNothing
@Timeout(60)
class BuildCrashTest {
    @StateFolder
    Path parent;

    @TempDir
    Path host;

    private Path folder() {
        return parent.resolve("state");
    }

    @BeforeEach
    void importAlpine() throws IOException {
        try (Lxj lxj = Lxj.open(folder())) {
            lxj.images().importTarball("alpine", TestRootfs.find("alpine"));
        }
        try (RandomAccessFile large = new RandomAccessFile(host.resolve("large").toFile(), "rw")) {
            byte[] megabyte = new byte[1 << 20];
            for (int i = 0; i < 256; i++) {
                large.write(megabyte);
            }
        }
    }

    @AfterEach
    void remove() throws IOException {
        TestLxj.remove(folder());
    }

    /** Waits until the builder is in the middle of what it has announced. */
    private void awaitMiddle(String step) throws Exception {
        String made =
                switch (step) {
                    case "copying the image" -> "bin";
                    case "adding files" -> "srv/large";
                    case "running" -> "running";
                    default -> "";
                };
        while (!isMade(made)) {
            Thread.sleep(1);
        }
    }

    private boolean isMade(String path) throws IOException {
        if (path.isEmpty()) {
            return true;
        }
        try (Stream<Path> building = Files.list(folder().resolve("tmp"))) {
            Path name = Path.of("rootfs").resolve(path);
            return building.anyMatch(folder -> path.equals("srv/large")
                    ? hasFiles(folder.resolve(name).getParent())
                    : Files.exists(folder.resolve(name)));
        }
    }

    /** A file that is copied has another name until it is complete. */
    private static boolean hasFiles(Path folder) {
        String[] names = folder.toFile().list();
        return names != null && names.length > 0;
    }

    @ParameterizedTest
    @CsvSource({"copying the image", "begun", "adding files", "running", "before publish", "publishing", "published"})
    void theNextOpenLeavesNothingHalfDone(String step) throws Exception {
        try (OtherJvm other = OtherJvm.start(BuildingJvm.class, folder(), host.resolve("large"), step)) {
            assertThat(other.line()).isEqualTo("reached");
            awaitMiddle(step);
            other.kill();
        }
        try (Lxj lxj = Lxj.open(folder())) {
            assertThat(folder().resolve("images").toFile().list())
                    .containsExactlyInAnyOrder(
                            lxj.images().list().stream().map(Image::name).toArray(String[]::new));
            assertThat(folder().resolve("tmp")).isEmptyDirectory();
            assertThat(Files.readString(Path.of("/proc/self/mountinfo"))).doesNotContain(folder().toString());
            List<String> images = lxj.images().list().stream().map(Image::name).toList();
            if (step.equals("published")) {
                assertThat(images).containsExactly("alpine", "built");
            } else if (!step.equals("publishing")) {
                assertThat(images).containsExactly("alpine");
                assertThat(lxj.containers().list()).isEmpty();
            }
            for (Container left : lxj.containers().list()) {
                left.destroy();
            }
            for (Image image : lxj.images().list()) {
                works(lxj, image);
            }
        }
    }

    private static void works(Lxj lxj, Image image) throws IOException {
        Container container = lxj.containers().create("check", Config.of(image).init("/bin/sleep", "1000000"));
        container.start();
        assertThat(container.exec("echo", "works").stdout()).isEqualTo("works\n");
        if (image.name().equals("built")) {
            assertThat(container.files().info("/srv/large").size().bytes()).isEqualTo(256L << 20);
        }
        container.stop();
        container.destroy();
        try (ImageBuilder builder = lxj.images().builder(image)) {
            builder.run("true").build("again");
        }
        lxj.images().get("again").delete();
        image.delete();
    }
}

package io.lxj;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lxj.config.ArchiveFormat;
import io.lxj.config.ImageSource;
import io.lxj.config.ImportOptions;
import io.lxj.error.ImportException;
import io.lxj.image.SystemTar;
import io.lxj.image.TarBytes;
import io.lxj.testing.LeaksNothing;
import io.lxj.testing.NeedsCommand;
import io.lxj.testing.NeedsContainers;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Archives that come as streams, such as downloads: read to their end, left open, and digested. */
@NeedsContainers
@NeedsCommand({"gzip", "xz", "zstd", "bzip2"})
@LeaksNothing
class ImportStreamTest {
    private static final Map<String, ArchiveFormat> TOOLS = Map.of(
            "cat", ArchiveFormat.TAR,
            "gzip", ArchiveFormat.TAR_GZIP,
            "xz", ArchiveFormat.TAR_XZ,
            "xz -T2 --block-size=200KiB", ArchiveFormat.TAR_XZ,
            "zstd", ArchiveFormat.TAR_ZSTD,
            "bzip2", ArchiveFormat.TAR_BZIP2);

    @RegisterExtension
    final TestLxj host = TestLxj.of();

    @TempDir
    Path work;

    static Stream<Arguments> toolsWithAndWithoutDigest() {
        return TOOLS.keySet().stream()
                .sorted()
                .flatMap(tool -> Stream.of(Arguments.of(tool, false), Arguments.of(tool, true)));
    }

    /** A megabyte that no tool makes smaller, so that it takes several reads of a stream. */
    private byte[] archive(String tool) throws Exception {
        StringBuilder letters = new StringBuilder();
        new Random(1).ints(2 << 20, ' ', '~').forEach(letter -> letters.append((char) letter));
        Files.write(
                work.resolve("tar"),
                new TarBytes().file("etc/letters", letters.toString()).finish());
        SystemTar.run(work, "sh", "-ec", tool + " <tar >packed");
        return Files.readAllBytes(work.resolve("packed"));
    }

    private static String sha256(byte[] archive) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(archive));
    }

    private Image load(Sent stream, ImportOptions options) {
        return host.lxj().images().importTarball("x", stream, options, progress -> {});
    }

    /** What is sent piece by piece; after that comes the end or a failure. */
    private static final class Sent extends FilterInputStream {
        private static final int PIECE = 10_000;

        private final IOException failure;
        private boolean ended;
        private boolean closed;

        Sent(byte[] bytes, IOException failure) {
            super(new ByteArrayInputStream(bytes));
            this.failure = failure;
        }

        @Override
        public int read() throws IOException {
            throw new IOException("an import reads more than one byte at a time");
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            int n = super.read(into, offset, Math.min(length, PIECE));
            ended = n < 0;
            if (ended && failure != null) {
                throw failure;
            }
            return n;
        }

        @Override
        public void close() {
            closed = true;
        }
    }

    @ParameterizedTest
    @MethodSource("toolsWithAndWithoutDigest")
    void everyFormatIsImported(String tool, boolean digest) throws Exception {
        byte[] archive = archive(tool);
        String sha256 = sha256(archive);
        ImportOptions any = ImportOptions.defaults();
        Sent stream = new Sent(archive, null);

        Image image = load(stream, digest ? any.sha256(sha256.toUpperCase(Locale.ROOT)) : any);

        ImageSource source = image.info().source().orElseThrow();
        assertThat(source.format()).isEqualTo(TOOLS.get(tool));
        assertThat(source.sha256()).isEqualTo(sha256);
        assertThat(source.size().bytes()).isEqualTo(archive.length);
        assertThat(image.info().size().bytes()).isEqualTo(2 << 20);
        assertThat(stream.ended).isTrue();
        assertThat(stream.closed).isFalse();
    }

    @ParameterizedTest
    @MethodSource("toolsWithAndWithoutDigest")
    void aStreamThatFailsSaysSoAndLeavesNothing(String tool, boolean digest) throws Exception {
        byte[] archive = archive(tool);
        IOException reset = new IOException("Connection reset");
        Sent stream = new Sent(Arrays.copyOf(archive, archive.length / 2), reset);
        ImportOptions any = ImportOptions.defaults();

        assertThatThrownBy(() -> load(stream, digest ? any.sha256(sha256(archive)) : any))
                .isInstanceOf(ImportException.class)
                .hasMessageStartingWith("import x: the stream: ")
                .hasMessageEndingWith("Connection reset")
                .hasRootCause(reset);
        assertThat(stream.closed).isFalse();
        assertThat(host.imageFolders()).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("toolsWithAndWithoutDigest")
    void oneByteThatIsNotTheRightOneIsNoticed(String tool, boolean atTheEnd) throws Exception {
        byte[] archive = archive(tool);
        ImportOptions right = ImportOptions.defaults().sha256(sha256(archive));
        archive[atTheEnd ? archive.length - 1 : archive.length / 2] ^= 1;
        Sent stream = new Sent(archive, null);

        assertThatThrownBy(() -> load(stream, right))
                .isInstanceOf(ImportException.class)
                .hasMessageContaining("its SHA-256 is " + sha256(archive) + ", but "
                        + right.sha256().orElseThrow() + " was asked for");
        assertThat(stream.ended).isTrue();
        assertThat(stream.closed).isFalse();
        assertThat(host.imageFolders()).isEmpty();
    }
}

package io.lxj;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lxj.config.ImportOptions;
import io.lxj.config.ImportProgress;
import io.lxj.error.CanceledException;
import io.lxj.image.LargeArchive;
import io.lxj.image.SystemTar;
import io.lxj.image.TarBytes;
import io.lxj.testing.LeaksNothing;
import io.lxj.testing.NeedsCommand;
import io.lxj.testing.NeedsContainers;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a listener hears of an import, and how it, or whoever interrupts the import's thread, ends it. */
@NeedsContainers
@LeaksNothing
@Timeout(120)
class ImportProgressTest {
    private static final ImportOptions ANY = ImportOptions.defaults();

    @RegisterExtension
    final TestLxj host = TestLxj.of();

    @TempDir
    Path work;

    private Path archive;

    @BeforeEach
    void writeAnArchiveThatTakesAWhile() throws IOException {
        archive = work.resolve("large.tar");
        LargeArchive.write(archive, 50, 4, 64L << 20);
    }

    /** How the archive is handed over. */
    enum Way {
        FILE,
        STREAM,
        /** It is kept in a file first, until its digest is known. */
        STREAM_WITH_DIGEST
    }

    private Image load(Way way, Consumer<ImportProgress> listener) throws Exception {
        Images images = host.lxj().images();
        if (way == Way.FILE) {
            return images.importTarball("x", archive, ANY, listener);
        }
        try (InputStream stream = Files.newInputStream(archive)) {
            return images.importTarball("x", stream, way == Way.STREAM ? ANY : ANY.sha256(sha256()), listener);
        }
    }

    private String sha256() throws Exception {
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(archive));
        return HexFormat.of().formatHex(digest);
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void theNumbersAreThoseOfTheArchive(Way way) throws Exception {
        List<ImportProgress> heard = new ArrayList<>();
        Image image = load(way, heard::add);

        long size = Files.size(archive);
        ImportProgress last = heard.get(heard.size() - 1);
        assertThat(heard).hasSizeGreaterThan(2);
        assertThat(heard).extracting(progress -> progress.bytesRead().bytes()).isSorted();
        assertThat(heard).extracting(ImportProgress::entries).isSorted();
        assertThat(heard.get(0).entries()).isLessThan(last.entries());
        assertThat(last.bytesRead().bytes()).isEqualTo(size);
        assertThat(last.entries()).isEqualTo(image.info().entries());
        assertThat(last.current()).isNotEmpty();
        switch (way) {
            case FILE -> assertThat(heard).allMatch(p -> p.bytesTotal().equals(OptionalLong.of(size)));
            case STREAM -> assertThat(heard).allMatch(p -> p.bytesTotal().isEmpty());
            case STREAM_WITH_DIGEST -> {
                assertThat(heard.get(0).bytesTotal()).isEmpty();
                assertThat(last.bytesTotal()).hasValue(size);
            }
        }
    }

    private void leavesNothingAndCanBeRepeated() throws Exception {
        assertThat(host.imageFolders()).isEmpty();
        byte[] small = new TarBytes().file("f", "x").finish();
        host.lxj().images().importTarball("x", new ByteArrayInputStream(small), ANY, progress -> {});
    }

    private static boolean isInTheMiddle(ImportProgress progress) {
        return progress.entries() > 1;
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void anInterruptCancels(Way way) throws Exception {
        assertThatThrownBy(() -> load(way, progress -> {
                    if (isInTheMiddle(progress)) {
                        Thread.currentThread().interrupt();
                    }
                }))
                .isInstanceOf(CanceledException.class)
                .hasMessage("import x: canceled");
        assertThat(Thread.interrupted()).as("the interrupt is still to be seen").isTrue();
        leavesNothingAndCanBeRepeated();
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void whatTheListenerThrowsEndsIt(Way way) throws Exception {
        IllegalStateException enough = new IllegalStateException("enough");
        assertThatThrownBy(() -> load(way, progress -> {
                    if (isInTheMiddle(progress)) {
                        throw enough;
                    }
                }))
                .isSameAs(enough)
                .hasNoSuppressedExceptions();
        leavesNothingAndCanBeRepeated();
    }

    private static List<Thread> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("lxj import"))
                .toList();
    }

    @Test
    @NeedsCommand("xz")
    void anImportThatIsDecompressedAheadIsCanceledWithoutLeavingAThread() throws Exception {
        SystemTar.run(work, "xz", "-T2", "-0", archive.toString());
        archive = work.resolve("large.tar.xz");
        List<Thread> working = new ArrayList<>();
        assertThatThrownBy(() -> load(Way.FILE, progress -> {
                    if (isInTheMiddle(progress)) {
                        working.addAll(threads());
                        Thread.currentThread().interrupt();
                    }
                }))
                .isInstanceOf(CanceledException.class)
                .hasMessage("import x: canceled");
        assertThat(Thread.interrupted()).isTrue();
        assertThat(working).isNotEmpty();
        for (Thread thread : working) {
            thread.join();
        }
        assertThat(threads()).isEmpty();
        leavesNothingAndCanBeRepeated();

        List<ImportProgress> heard = new ArrayList<>();
        host.lxj().images().importTarball("whole", archive, ANY, heard::add);
        assertThat(heard).extracting(progress -> progress.bytesRead().bytes()).isSorted();
        assertThat(heard.get(heard.size() - 1).bytesRead().bytes()).isEqualTo(Files.size(archive));
    }

    /** A connection over which nothing comes any more. */
    private static final class Silent extends InputStream {
        private final CountDownLatch asked = new CountDownLatch(1);
        private final CountDownLatch ended = new CountDownLatch(1);

        @Override
        public int read() throws IOException {
            asked.countDown();
            boolean interrupted = false;
            while (ended.getCount() > 0) {
                try {
                    ended.await();
                } catch (InterruptedException e) {
                    // As a socket's, it doesn't care.
                    interrupted = true;
                }
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
            return -1;
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anInterruptCancelsEvenIfNothingComesFromTheStream(boolean digest) throws Exception {
        Silent silent = new Silent();
        Thread importing = Thread.currentThread();
        Thread other = new Thread(() -> {
            try {
                silent.asked.await();
                importing.interrupt();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        other.start();
        ImportOptions options = digest ? ANY.sha256("0".repeat(64)) : ANY;
        try {
            assertThatThrownBy(() -> host.lxj().images().importTarball("x", silent, options, progress -> {}))
                    .isInstanceOf(CanceledException.class);
            assertThat(Thread.interrupted()).isTrue();
        } finally {
            silent.ended.countDown();
            other.join();
        }
        leavesNothingAndCanBeRepeated();
    }
}

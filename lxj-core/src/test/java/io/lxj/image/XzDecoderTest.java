package io.lxj.image;

import static io.lxj.image.XzArchives.LIMIT_KIB;
import static io.lxj.image.XzArchives.ROOM_KIB;
import static io.lxj.image.XzArchives.assertDecodes;
import static io.lxj.image.XzArchives.concatenated;
import static io.lxj.image.XzArchives.content;
import static io.lxj.image.XzArchives.drain;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lxj.testing.LeaksNothing;
import io.lxj.testing.NeedsCommand;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole files of xz(1) and ones made by hand, decompressed ahead and in turn; and what stops that. */
@NeedsCommand("xz")
@LeaksNothing
@Timeout(300)
class XzDecoderTest {
    private static final String SMALL_BLOCKS = "--block-size=64KiB --lzma2=preset=0,dict=64KiB";

    @TempDir
    Path work;

    private byte[] xz(String options, byte[] content) throws Exception {
        return XzArchives.xz(work, options, content);
    }

    private void assertGoodForXz(byte[] xz) throws Exception {
        Files.write(work.resolve("tested.xz"), xz);
        SystemTar.run(work, "xz", "-t", "tested.xz");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-T1",
                "-T2",
                "-T1 " + SMALL_BLOCKS,
                "-T2 " + SMALL_BLOCKS,
                "-T2 --check=none " + SMALL_BLOCKS,
                "-T2 --check=crc32 " + SMALL_BLOCKS,
                "-T2 --check=sha256 " + SMALL_BLOCKS,
                "-T1 --check=sha256 " + SMALL_BLOCKS,
                "-T1 --check=none " + SMALL_BLOCKS,
                "-T2 --block-size=64KiB --x86 --lzma2=preset=0",
                "-T1 --block-size=64KiB --x86 --lzma2=preset=0",
                "-T2 --block-size=64KiB --delta=dist=4 --lzma2=preset=0",
                "-T2 --block-list=1,1000,65536,3,0 --lzma2=preset=0",
                "-T1 --block-list=1,1000,65536,3,0 --lzma2=preset=0",
                "-T2 --block-size=300000 --lzma2=preset=0,lc=0,lp=4,pb=4",
                "-T2 --block-size=1MiB --lzma2=preset=9e,dict=1MiB"
            })
    void whatXzWrites(String options) throws Exception {
        byte[] content = content(700_001);
        assertDecodes(xz(options, content), content);
    }

    @ParameterizedTest
    @ValueSource(strings = {"-T1", "-T2"})
    void whatXzWritesOfNothingOrLittle(String options) throws Exception {
        for (int length = 0; length < 10; length++) {
            byte[] content = content(length);
            assertDecodes(xz(options + " -0", content), content);
        }
    }

    static Stream<List<String>> severalStreams() {
        String several = "-T2 " + SMALL_BLOCKS;
        String one = "-T1 -0";
        return Stream.of(
                List.of(several, several),
                List.of(one, several, one),
                List.of(several, one, several),
                List.of(several + " --check=sha256", several + " --check=none", one + " --check=crc32"));
    }

    @ParameterizedTest
    @MethodSource
    void severalStreams(List<String> options) throws Exception {
        byte[] nothing = xz("-T2", new byte[0]);
        byte[] plain = {};
        byte[] padded = nothing;
        byte[] expected = {};
        for (String each : options) {
            byte[] content = content(200_000 + expected.length / 10);
            byte[] stream = xz(each, content);
            plain = concatenated(plain, stream);
            padded = concatenated(padded, new byte[4 * options.size()], stream, nothing, new byte[4]);
            expected = concatenated(expected, content);
        }
        assertGoodForXz(padded);
        assertDecodes(plain, expected);
        assertDecodes(padded, expected);
    }

    @Test
    void blocksThatTellTheirSizesAmongOthersThatDoNot() throws Exception {
        byte[] large = content(200_000);
        byte[] small = content(1);
        byte[] archive = new XzBytes()
                .sized(large)
                .unsized(large)
                .sized(small)
                .sized(new byte[0])
                .unsized(new byte[0])
                .unsized(small)
                .block(large, null, 200_000L)
                .block(small, 5L, null)
                .sized(large)
                .finish();
        assertGoodForXz(archive);
        assertDecodes(archive, concatenated(large, large, small, small, large, small, large));
    }

    /** More blocks than a number of one byte can count, and an index that is larger than what is read of it at once. */
    @Test
    void thousandsOfBlocks() throws Exception {
        XzBytes archive = new XzBytes();
        byte[] letter = {'x'};
        byte[] content = new byte[3000];
        Arrays.fill(content, letter[0]);
        for (int i = 0; i < content.length; i++) {
            if (i % 2 == 0) {
                archive.sized(letter);
            } else {
                archive.unsized(letter);
            }
        }
        byte[] finished = archive.finish();
        assertGoodForXz(finished);
        assertDecodes(finished, content);
    }

    private static int blocksAhead(int left, int size) {
        return (ROOM_KIB - left) / size;
    }

    @Test
    void onlyAsManyBlocksAsThereAreThreadsForAreReadAhead() throws Exception {
        byte[] block = new byte[1 << 20];
        XzBytes archive = new XzBytes();
        for (int i = 0; i < 30; i++) {
            archive.sized(block);
        }
        ByteArrayInputStream in = new ByteArrayInputStream(archive.finish());
        HeapShare heap = new HeapShare(ROOM_KIB);
        try (XzDecoder decoder = new XzDecoder(in, LIMIT_KIB, heap)) {
            assertThat(decoder.read(ByteBuffer.allocateDirect(1))).isEqualTo(1);

            // Each is there twice: compressed, which doesn't make it smaller here, and decompressed.
            assertThat(blocksAhead(heap.free(), 2 << 10)).isBetween(2, 9);
            assertThat(in.available()).isGreaterThan(20 << 20);
        }
        assertThat(heap.free()).isEqualTo(ROOM_KIB);
    }

    @Test
    void blocksThatDoNotTellTheirSizesTakeNoMemory() throws Exception {
        HeapShare heap = new HeapShare(ROOM_KIB);
        byte[] archive = new XzBytes()
                .unsized(content(100_000))
                .unsized(content(100_000))
                .finish();
        ByteArrayInputStream in = new ByteArrayInputStream(archive);
        try (XzDecoder decoder = new XzDecoder(in, LIMIT_KIB, heap)) {
            assertThat(decoder.read(ByteBuffer.allocateDirect(1))).isEqualTo(1);

            assertThat(heap.free()).isEqualTo(ROOM_KIB);
            assertThat(in.available()).isGreaterThan(100_000);
        }
    }

    /** The other takes all of it before a block is begun, or while there are some ahead. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void memoryThatAnotherImportHasIsDoneWithout(int reads) throws Exception {
        byte[] content = content(2_000_000);
        byte[] archive = xz("-T2 " + SMALL_BLOCKS, content);
        HeapShare heap = new HeapShare(ROOM_KIB);
        ByteArrayOutputStream found = new ByteArrayOutputStream();
        try (XzDecoder decoder = new XzDecoder(new ByteArrayInputStream(archive), LIMIT_KIB, heap)) {
            for (int i = 0; i < reads; i++) {
                ByteBuffer first = ByteBuffer.allocateDirect(1);
                assertThat(decoder.read(first)).isEqualTo(1);
                found.write(first.get(0));
            }
            int others = heap.free();
            assertThat(heap.take(others)).isTrue();
            drain(decoder, found);
            heap.give(others);
        }
        assertThat(found.toByteArray()).isEqualTo(content);
        assertThat(heap.free()).isEqualTo(ROOM_KIB);
    }

    private static List<Thread> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("lxj import: decompress a block"))
                .collect(Collectors.toList());
    }

    @Test
    void closingInTheMiddleLeavesNoThreadAndNoMemory() throws Exception {
        byte[] archive = xz("-T2 -0 --block-size=8MiB", content(40 << 20));
        HeapShare heap = new HeapShare(ROOM_KIB);
        List<Thread> working;
        try (XzDecoder decoder = new XzDecoder(new ByteArrayInputStream(archive), LIMIT_KIB, heap)) {
            assertThat(decoder.read(ByteBuffer.allocateDirect(1))).isEqualTo(1);
            working = threads();
            assertThat(working).isNotEmpty();
            assertThat(heap.free()).isLessThan(ROOM_KIB);
        }
        for (Thread thread : working) {
            thread.join();
        }
        assertThat(threads()).isEmpty();
        assertThat(heap.free()).isEqualTo(ROOM_KIB);
    }

    @Test
    void aReaderThatIsInterruptedStopsAndCanStillClose() throws Exception {
        byte[] archive = new XzBytes().sized(content(500_000)).finish();
        HeapShare heap = new HeapShare(ROOM_KIB);
        try (XzDecoder decoder = new XzDecoder(new ByteArrayInputStream(archive), LIMIT_KIB, heap)) {
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> decoder.read(ByteBuffer.allocateDirect(1)))
                    .isInstanceOf(InterruptedIOException.class);
        }
        assertThat(Thread.interrupted()).as("the interrupt is still to be seen").isTrue();
        assertThat(threads()).isEmpty();
        assertThat(heap.free()).isEqualTo(ROOM_KIB);
    }

    /** A thread that decompresses ends with the piece that it is at when it is interrupted. */
    @Test
    void aBlockIsNotDecompressedToItsEndWhenItsThreadIsInterrupted() throws Exception {
        byte[] archive = new XzBytes().sized(content(500_000)).finish();
        XzBlock block = new XzBlock(new ByteArrayInputStream(archive), 1 << 10, LIMIT_KIB);
        Thread.currentThread().interrupt();
        block.run();
        assertThat(Thread.interrupted()).isTrue();

        ByteArrayOutputStream content = new ByteArrayOutputStream();
        assertThatThrownBy(() -> drain(block, content)).isInstanceOf(InterruptedIOException.class);
        assertThat(content.size()).isBetween(1, 100_000);
    }
}

package io.lxj.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lxj.linux.Block;
import io.lxj.testing.LeaksNothing;
import io.lxj.testing.NeedsCommand;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tukaani.xz.CorruptedInputException;
import org.tukaani.xz.MemoryLimitException;
import org.tukaani.xz.XZInputStream;

/** Files of xz(1) and ones made by hand, whole and damaged, decompressed ahead and in turn. */
@NeedsCommand("xz")
@LeaksNothing
@Timeout(300)
class XzDecoderTest {
    private static final int ROOM_KIB = 64 * 1024;
    private static final int LIMIT_KIB = 16 * 1024;
    private static final String SMALL_BLOCKS = "--block-size=64KiB --lzma2=preset=0,dict=64KiB";

    @TempDir
    Path work;

    /** How much memory there is for what is decompressed ahead. */
    enum Memory {
        NONE(0),
        /** Not for all the blocks that there are threads for. */
        LITTLE(600),
        ENOUGH(ROOM_KIB);

        private final int kib;

        Memory(int kib) {
            this.kib = kib;
        }
    }

    /** What came out until it ended or failed. */
    private record Decoded(byte[] content, Throwable failure) {}

    private static Decoded decode(byte[] xz, Memory memory) {
        HeapShare heap = new HeapShare(memory.kib);
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        Throwable failure = null;
        try (XzDecoder decoder = new XzDecoder(new ByteArrayInputStream(xz), LIMIT_KIB, heap)) {
            drain(decoder, content);
        } catch (IOException | RuntimeException e) {
            failure = e;
        }
        assertThat(heap.free()).as("memory given back").isEqualTo(memory.kib);
        return new Decoded(content.toByteArray(), failure);
    }

    private static void drain(ByteSource decoder, ByteArrayOutputStream content) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocateDirect(10_000);
        while (decoder.read(buffer.clear()) > 0) {
            byte[] piece = new byte[buffer.flip().remaining()];
            buffer.get(piece);
            content.writeBytes(piece);
        }
    }

    private static void assertDecodes(byte[] xz, byte[] expected) {
        for (Memory memory : Memory.values()) {
            Decoded decoded = decode(xz, memory);
            assertThat(decoded.failure()).as("with memory: " + memory).isNull();
            assertThat(Arrays.equals(decoded.content(), expected))
                    .as("the content, with memory: " + memory)
                    .isTrue();
        }
    }

    /** Half of it can't be compressed, so that there are chunks of all kinds. */
    private static byte[] content(int length) {
        Random random = new Random(length);
        byte[] content = new byte[length];
        random.nextBytes(content);
        for (int i = 0; i < length; i++) {
            if (i % 40_000 < 20_000) {
                content[i] = (byte) ('a' + (content[i] & 3));
            }
        }
        return content;
    }

    private byte[] xz(String options, byte[] content) throws Exception {
        Files.write(work.resolve("in"), content);
        SystemTar.run(work, "sh", "-ec", "xz -c " + options + " <in >out");
        return Files.readAllBytes(work.resolve("out"));
    }

    private void assertGoodForXz(byte[] xz) throws Exception {
        Files.write(work.resolve("tested.xz"), xz);
        SystemTar.run(work, "xz", "-t", "tested.xz");
    }

    private static byte[] concatenated(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
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

    private static byte[] slice(byte[] content, int length) {
        return Arrays.copyOf(content, length);
    }

    @ParameterizedTest
    @EnumSource(Memory.class)
    void cutOffAnywhere(Memory memory) throws Exception {
        byte[] content = content(300);
        byte[] first = xz("-T2 --block-size=100 --lzma2=preset=0,dict=4KiB", content);
        byte[] second = xz("-T1 --block-size=100 --lzma2=preset=0,dict=4KiB", content);
        byte[] whole = concatenated(first, new byte[4], second);
        byte[] twice = concatenated(content, content);
        for (int length = 0; length < whole.length; length++) {
            Decoded decoded = decode(slice(whole, length), memory);

            if (length == first.length || length == first.length + 4) {
                assertThat(decoded.failure()).isNull();
                assertThat(decoded.content()).isEqualTo(content);
            } else {
                assertThat(decoded.failure()).as("cut off at " + length).isInstanceOf(EOFException.class);
                assertThat(decoded.content()).isEqualTo(slice(twice, decoded.content().length));
            }
            if (length > first.length) {
                assertThat(decoded.content()).hasSizeGreaterThanOrEqualTo(content.length);
            }
        }
    }

    private static boolean isGoodForLibrary(byte[] xz) {
        try (InputStream library = new XZInputStream(new ByteArrayInputStream(xz), LIMIT_KIB)) {
            library.readAllBytes();
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** No bit of the headers, indexes and footers can be another one, and few of the data, which the library knows. */
    @ParameterizedTest
    @EnumSource(Memory.class)
    void withAFalseBitAnywhere(Memory memory) throws Exception {
        byte[] content = content(200);
        byte[] first = xz("-T2 --block-size=100 --check=crc32 --lzma2=preset=0,dict=4KiB", content);
        byte[] second = xz("-T1 --block-size=100 --check=sha256 --x86 --lzma2=preset=0,dict=4KiB", content);
        byte[] whole = concatenated(first, new byte[4], second);
        assertThat(isGoodForLibrary(whole)).isTrue();
        for (int bit = 0; bit < whole.length * 8; bit++) {
            byte[] damaged = whole.clone();
            damaged[bit / 8] ^= (byte) (1 << bit % 8);

            Decoded decoded = decode(damaged, memory);
            assertThat(decoded.failure() == null).as("bit " + bit).isEqualTo(isGoodForLibrary(damaged));
            if (decoded.failure() != null) {
                assertThat(decoded.failure()).isInstanceOf(IOException.class);
            }
        }
    }

    /** Flags, sizes, filters and padding that may not be so, with the right checksum. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void anyByteInTheHeaderOfABlock(boolean sized) {
        byte[] content = content(300);
        XzBytes begun = new XzBytes();
        int header = begun.length();
        byte[] whole = (sized ? begun.sized(content) : begun.unsized(content)).finish();
        int checksum = header + (whole[header] + 1) * 4 - 4;
        int good = 0;
        for (int at = header + 1; at < checksum; at++) {
            for (int value = 0; value < 256; value++) {
                byte[] changed = whole.clone();
                changed[at] = (byte) value;
                CRC32 crc = new CRC32();
                crc.update(changed, header, checksum - header);
                ByteBuffer.wrap(changed).order(ByteOrder.LITTLE_ENDIAN).putInt(checksum, (int) crc.getValue());

                Decoded decoded = decode(changed, value % 2 == 0 ? Memory.NONE : Memory.ENOUGH);
                assertThat(decoded.failure() == null)
                        .as("byte " + at + ": " + value)
                        .isEqualTo(isGoodForLibrary(changed));
                if (decoded.failure() == null) {
                    assertThat(decoded.content()).isEqualTo(content);
                    good++;
                }
            }
        }
        // Every byte as it is, and other dictionaries.
        assertThat(good).isGreaterThan(checksum - header + 10);
    }

    /** Their checksums are right: they are just those of other blocks. */
    @Test
    void indexesOfOtherBlocks() {
        byte[] content = content(200);
        byte[] other = content(201);
        byte[] right = new XzBytes().sized(content).sized(other).finish();
        int blocks = new XzBytes().sized(content).sized(other).length();
        List<XzBytes> others = List.of(
                new XzBytes().sized(other).sized(content),
                new XzBytes().sized(content),
                new XzBytes(),
                new XzBytes().sized(content).sized(other).sized(other),
                new XzBytes().sized(content).unsized(other));
        for (XzBytes each : others) {
            int length = each.length();
            byte[] finished = each.finish();
            byte[] mixed = concatenated(slice(right, blocks), Arrays.copyOfRange(finished, length, finished.length));
            for (Memory memory : Memory.values()) {
                Decoded decoded = decode(mixed, memory);
                assertThat(decoded.failure()).isInstanceOf(CorruptedInputException.class);
                assertThat(decoded.content()).isEqualTo(concatenated(content, other));
            }
        }
    }

    @Test
    void anIndexOfAsManyBytesWithAnotherChecksum() {
        byte[] right = new XzBytes().sized(content(100)).finish();
        for (int fromEnd = 1; fromEnd <= 24; fromEnd++) {
            byte[] damaged = right.clone();
            damaged[damaged.length - fromEnd]++;
            for (Memory memory : Memory.values()) {
                assertThat(decode(damaged, memory).failure())
                        .as("byte " + fromEnd + " from the end")
                        .isInstanceOf(IOException.class);
            }
        }
    }

    /** Claims about the data of 300 bytes, which takes 304. */
    static Stream<long[]> lies() {
        return Stream.of(
                new long[] {303, 300},
                new long[] {305, 300},
                new long[] {300, 300},
                new long[] {308, 300},
                new long[] {1, 300},
                new long[] {304, 299},
                new long[] {304, 301},
                new long[] {304, 0},
                new long[] {304, 1L << 20},
                new long[] {304, 1L << 40},
                new long[] {304, Long.MAX_VALUE},
                new long[] {1L << 62, Long.MAX_VALUE});
    }

    @ParameterizedTest
    @MethodSource("lies")
    void aBlockThatLiesAboutItsSizes(long[] claims) {
        byte[] content = content(300);
        byte[] archive = new XzBytes()
                .sized(content)
                .block(content, claims[0], claims[1])
                .sized(content)
                .finish();
        for (Memory memory : Memory.values()) {
            Decoded decoded = decode(archive, memory);
            assertThat(decoded.failure()).isInstanceOf(CorruptedInputException.class);
            // What comes before it is there, and nothing of what follows.
            assertThat(decoded.content())
                    .hasSizeBetween(300, 600)
                    .startsWith(content)
                    .isEqualTo(slice(concatenated(content, content), decoded.content().length));
        }
    }

    /** With memory for what it claims, the end of the archive is found first; without, the end of its data. */
    @Test
    void aBlockThatSaysItIsLargerThanTheArchive() {
        byte[] content = content(300);
        byte[] archive =
                new XzBytes().sized(content).block(content, 20L << 20, 1L << 20).finish();
        for (Memory memory : Memory.values()) {
            assertThat(decode(archive, memory).content()).startsWith(content);
            assertThat(decode(archive, memory).failure())
                    .isInstanceOf(memory == Memory.ENOUGH ? EOFException.class : CorruptedInputException.class);
        }
    }

    /** In the data of the second block, when all of the archive has been read already. */
    @Test
    void whatComesBeforeDamageIsWhole() {
        byte[] content = content(100_000);
        XzBytes archive = new XzBytes().sized(content);
        int second = archive.length();
        byte[] damaged = archive.sized(content).sized(content).finish();
        damaged[second + 90_000] ^= 1;
        for (Memory memory : Memory.values()) {
            Decoded decoded = decode(damaged, memory);
            assertThat(decoded.failure())
                    .isInstanceOf(CorruptedInputException.class)
                    .hasMessageContaining("Integrity check");
            assertThat(decoded.content()).startsWith(content).hasSizeLessThanOrEqualTo(200_000);
        }
    }

    /** 65 MiB and 1 GiB: the second wouldn't be given even by much more memory. */
    @ParameterizedTest
    @ValueSource(ints = {28, 36})
    void aDictionaryThatNeedsMoreMemoryThanIsGiven(int property) {
        byte[] content = content(100);
        for (byte[] archive : List.of(
                new XzBytes().sized(content).dictionary(property).sized(content).finish(),
                new XzBytes()
                        .sized(content)
                        .dictionary(property)
                        .unsized(content)
                        .finish())) {
            for (Memory memory : Memory.values()) {
                Decoded decoded = decode(archive, memory);
                assertThat(decoded.failure()).isInstanceOf(MemoryLimitException.class);
                assertThat(decoded.content()).isEqualTo(content);
            }
        }
    }

    @Test
    void somethingElseBehindIt() {
        byte[] stream = new XzBytes().sized(content(100)).finish();
        for (byte[] more : List.of("more of something".getBytes(), new byte[] {0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0})) {
            for (Memory memory : Memory.values()) {
                Decoded decoded = decode(concatenated(stream, more, stream), memory);
                assertThat(decoded.failure()).isInstanceOf(IOException.class).isNotInstanceOf(EOFException.class);
                assertThat(decoded.content()).isEqualTo(content(100));
            }
        }
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

    /** The whole of an archive as one piece. */
    private static final class OnePiece implements ChunkSource {
        private Chunk chunk;

        OnePiece(byte[] bytes) {
            Block memory = Block.allocate(bytes.length + 1);
            memory.buffer().put(bytes).flip();
            chunk = bytes.length == 0 ? null : new Chunk(memory, bytes.length);
        }

        @Override
        public Chunk next() {
            Chunk next = chunk;
            chunk = null;
            return next;
        }

        @Override
        public void close() {}
    }

    private static Throwable failureOfImport(byte[] archive) throws IOException {
        try (ByteSource decoder = StreamDecoder.xz(new CompressedBytes(new OnePiece(archive)))) {
            drain(decoder, new ByteArrayOutputStream());
            return null;
        } catch (ArchiveException e) {
            return e;
        }
    }

    @Test
    void whatIsCutOffIsToldFromWhatIsCorrupt() throws Exception {
        byte[] content = content(1000);
        byte[] sized = new XzBytes().sized(content).sized(content).finish();
        byte[] unsized = new XzBytes().unsized(content).unsized(content).finish();
        for (byte[] whole : List.of(sized, unsized)) {
            assertThat(failureOfImport(whole)).isNull();
            for (int length = 0; length < whole.length; length += 7) {
                assertThat(failureOfImport(slice(whole, length)))
                        .hasMessage("the xz data is cut off at byte " + length);
            }
            byte[] damaged = whole.clone();
            damaged[500] ^= 1;
            assertThat(failureOfImport(damaged))
                    .hasMessageMatching(
                            "the xz data is corrupt before byte \\d+: Integrity check \\(CRC32\\) does not" + " match");
        }
    }

    /** The data goes on beyond what its header says and up to the end of the archive. */
    @ParameterizedTest
    @ValueSource(longs = {10, 1000})
    void aLieAboutSizesIsNoCutOffArchive(long compressed) throws Exception {
        byte[] archive = new XzBytes().block(content(1100), compressed, 1100L).finish();
        assertThat(failureOfImport(archive)).hasMessageStartingWith("the xz data is corrupt before byte ");
    }

    @Test
    void aReaderThatIsInterruptedHasNoDamagedArchive() throws Exception {
        byte[] archive = new XzBytes().sized(content(500_000)).finish();
        try (ByteSource decoder = StreamDecoder.xz(new CompressedBytes(new OnePiece(archive)))) {
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> decoder.read(ByteBuffer.allocateDirect(1)))
                    .isInstanceOf(InterruptedIOException.class);
        }
        assertThat(Thread.interrupted()).isTrue();
    }
}

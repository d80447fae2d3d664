package io.lxj.image;

import static io.lxj.image.XzArchives.LIMIT_KIB;
import static io.lxj.image.XzArchives.concatenated;
import static io.lxj.image.XzArchives.content;
import static io.lxj.image.XzArchives.decode;
import static io.lxj.image.XzArchives.slice;
import static org.assertj.core.api.Assertions.assertThat;

import io.lxj.image.XzArchives.Decoded;
import io.lxj.image.XzArchives.Memory;
import io.lxj.testing.LeaksNothing;
import io.lxj.testing.NeedsCommand;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
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

/** Damaged files of xz(1), and ones made by hand that lie. */
@NeedsCommand("xz")
@LeaksNothing
@Timeout(300)
class XzDamageTest {
    @TempDir
    Path work;

    private byte[] xz(String options, byte[] content) throws Exception {
        return XzArchives.xz(work, options, content);
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
}

package io.lxj;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lxj.config.ByteSize;
import io.lxj.config.ImportLimits;
import io.lxj.config.ImportOptions;
import io.lxj.error.ImportException;
import io.lxj.image.SystemTar;
import io.lxj.testing.LeaksNothing;
import io.lxj.testing.NeedsCommand;
import io.lxj.testing.NeedsContainers;
import java.io.ByteArrayInputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.CRC32;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Archives of a few kilobytes that would fill a disk or the memory: refused with the way out, and nothing is left. */
@NeedsContainers
@NeedsCommand({"tar", "gzip", "xz", "zstd", "bzip2"})
@LeaksNothing
class HostileCompressionTest {
    private static final int SMALL = 100 << 10;
    private static final ByteSize EXPANDED = ByteSize.mib(64);

    @RegisterExtension
    final TestLxj host = TestLxj.of();

    @TempDir
    Path work;

    private Path packed(String tool, ByteSize size) throws Exception {
        String script = "truncate -s " + size.bytes() + " zeros && tar -c zeros | " + tool + " >packed";
        SystemTar.run(work, "sh", "-ec", script);
        return work.resolve("packed");
    }

    private AbstractThrowableAssert<?, ?> refused(byte[] archive, ImportOptions options) throws Exception {
        AbstractThrowableAssert<?, ?> failure = assertThatThrownBy(() -> load(archive, options))
                .isInstanceOf(ImportException.class)
                .hasMessageStartingWith("import x: the stream: ");
        assertThat(host.imageFolders()).isEmpty();
        return failure;
    }

    private Image load(byte[] archive, ImportOptions options) {
        return host.lxj().images().importTarball("x", new ByteArrayInputStream(archive), options, progress -> {});
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "xz", "xz -T2 --block-size=1MiB", "zstd", "bzip2"})
    void aBomb(String tool) throws Exception {
        Path bomb = packed(tool, EXPANDED);
        assertThat(Files.size(bomb)).isLessThan(SMALL);
        ImportOptions options =
                ImportOptions.defaults().limits(ImportLimits.defaults().totalBytes(ByteSize.mib(16)));
        String advice =
                "the uncompressed archive is larger than the limit of 16MiB; if the archive is to be trusted, raise"
                        + " ImportLimits.totalBytes";

        refused(Files.readAllBytes(bomb), options).hasMessageEndingWith(advice);
        assertThatThrownBy(() -> host.lxj().images().importTarball("x", bomb, options, progress -> {}))
                .isInstanceOf(ImportException.class)
                .hasMessageStartingWith("import x: " + bomb + ": entry \"zeros\"")
                .hasMessageEndingWith(advice);
        assertThat(host.imageFolders()).isEmpty();

        ImportOptions raised = options.limits(options.limits()
                .totalBytes(ByteSize.bytes(EXPANDED.bytes() + ByteSize.mib(1).bytes())));
        assertThat(load(Files.readAllBytes(bomb), raised).info().size()).isEqualTo(EXPANDED);
    }

    /** Members or frames of nothing, one after the other: nothing ever comes out of them. */
    @ParameterizedTest
    @ValueSource(strings = {"gzip", "zstd"})
    void anArchiveThatGoesOnWithoutContent(String tool) throws Exception {
        SystemTar.run(work, "sh", "-ec", tool + " -c </dev/null >nothing");
        byte[] nothing = Files.readAllBytes(work.resolve("nothing"));
        byte[] endless = new byte[(int) ByteSize.mib(2).bytes() / nothing.length * nothing.length];
        for (int at = 0; at < endless.length; at += nothing.length) {
            System.arraycopy(nothing, 0, endless, at, nothing.length);
        }
        ImportOptions options =
                ImportOptions.defaults().limits(ImportLimits.defaults().totalBytes(ByteSize.mib(1)));

        for (ImportOptions each : new ImportOptions[] {options, options.sha256("0".repeat(64))}) {
            refused(endless, each)
                    .hasMessageEndingWith(
                            "the archive is larger than the limit of 1MiB; if the archive is to be trusted,"
                                    + " raise ImportLimits.totalBytes");
        }
    }

    /** The property byte of LZMA2 stands for (2 | 1) to the power of: 36 for 1 GiB, 37 for 1.5 GiB, 40 for all of 4 GiB. */
    @ParameterizedTest
    @ValueSource(ints = {36, 37, 38, 40})
    void anXzDictionaryOfGigabytes(int property) throws Exception {
        byte[] archive = Files.readAllBytes(packed("xz", ByteSize.kib(1)));
        // The first block's header begins behind that of the stream: size, flags, filter 0x21 with 1 byte of property.
        int header = 12;
        int length = (archive[header] + 1) * 4;
        assertThat(Arrays.copyOfRange(archive, header + 2, header + 4)).containsExactly(0x21, 1);
        archive[header + 4] = (byte) property;
        CRC32 crc = new CRC32();
        crc.update(archive, header, length - 4);
        ByteBuffer.wrap(archive).order(ByteOrder.LITTLE_ENDIAN).putInt(header + length - 4, (int) crc.getValue());

        refused(archive, ImportOptions.defaults())
                .hasMessageContaining("the xz data is refused: ")
                .hasMessageEndingWith("; pack it again with xz -6");
    }

    @Test
    void aZstdWindowOfGigabytes() throws Exception {
        Path archive = packed("cat", ByteSize.kib(1));
        for (int log : new int[] {31, 28}) {
            refused(zstd(Files.readAllBytes(archive), log), ImportOptions.defaults())
                    .hasMessageEndingWith("the zstd data asks for a window of more than 128MiB of memory; pack it again"
                            + " without --long, or with --long=27");
        }
        assertThat(load(zstd(Files.readAllBytes(archive), 27), ImportOptions.defaults())
                        .info()
                        .entries())
                .isEqualTo(1);
    }

    /** A frame of one block that isn't compressed, see RFC 8878. */
    private static byte[] zstd(byte[] content, int windowLog) {
        int last = 1;
        int block = content.length << 3 | last;
        return ByteBuffer.allocate(9 + content.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(0xFD2FB528)
                .put((byte) 0)
                .put((byte) (windowLog - 10 << 3))
                .put((byte) block)
                .putShort((short) (block >> 8))
                .put(content)
                .array();
    }
}

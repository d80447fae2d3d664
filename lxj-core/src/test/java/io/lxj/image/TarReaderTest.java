package io.lxj.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lxj.config.ByteSize;
import io.lxj.config.ImportLimits;
import io.lxj.linux.FileName;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Headers of tar archives and what they say of a file. */
class TarReaderTest {
    @Test
    void readsAFileOfUstar() throws IOException {
        ReadEntry file = ReadEntry.only(new TarBytes()
                .name("etc/hostname")
                .mode(04751)
                .owner(1000, 100)
                .content("debian\n")
                .add()
                .finish());

        assertThat(file.name()).isEqualTo("etc/hostname");
        assertThat(file.entry().type()).isEqualTo(TarEntry.Type.FILE);
        assertThat(file.entry().mode()).isEqualTo(04751);
        assertThat(file.entry().uid()).isEqualTo(1000);
        assertThat(file.entry().gid()).isEqualTo(100);
        assertThat(file.entry().mtimeSeconds()).isEqualTo(014000000000L);
        assertThat(file.content()).asString().isEqualTo("debian\n");
    }

    @Test
    void joinsThePrefixOfUstarWithTheName() throws IOException {
        ReadEntry file = ReadEntry.only(new TarBytes()
                .name("b")
                .field(345, "a/very/long")
                .content("")
                .add()
                .finish());

        assertThat(file.name()).isEqualTo("a/very/long/b");
    }

    @Test
    void doesNotTakeTimesInAGnuHeaderForAPrefix() throws IOException {
        ReadEntry file = ReadEntry.only(new TarBytes()
                .name("b")
                .field(257, "ustar  \0")
                .field(345, "14000000000")
                .add()
                .finish());

        assertThat(file.name()).isEqualTo("b");
    }

    @Test
    void doesNotTakeTimesInAStarHeaderForAPrefix() throws IOException {
        ReadEntry file = ReadEntry.only(new TarBytes()
                .name("b")
                .field(345, "dir")
                .field(476, "14000000000 14000000000")
                .field(508, "tar\0")
                .add()
                .finish());

        assertThat(file.name()).isEqualTo("dir/b");
    }

    @Test
    void takesAChecksumOfSignedBytes() throws IOException {
        TarBytes archive = new TarBytes().name(FileName.bytes("\u00e9\u00e9"));
        byte[] header = archive.add().unfinished();
        int signed = 0;
        for (int i = 0; i < 512; i++) {
            signed += i >= 148 && i < 156 ? ' ' : header[i];
        }
        byte[] sum = String.format("%06o\0 ", signed).getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(sum, 0, header, 148, 8);

        assertThat(ReadEntry.only(new TarBytes().raw(header).finish()).name()).isEqualTo("\u00e9\u00e9");
    }

    @Test
    void refusesADamagedHeader() {
        TarBytes archive =
                new TarBytes().file("a", "x").name("b").field(148, "0000001").addUnsealed();

        assertThatThrownBy(ReadEntry.reading(archive))
                .hasMessageContaining("header at byte 1024")
                .hasMessageContaining("checksum");
    }

    @Test
    void keepsNamesThatAreNotUtf8() throws IOException {
        byte[] name = {'l', 'a', 't', 'i', 'n', '-', (byte) 0xE9};

        assertThat(ReadEntry.only(new TarBytes().name(name).add().finish())
                        .entry()
                        .name())
                .isEqualTo(name);
        byte[] pax = TarBytes.record("path", name);
        assertThat(ReadEntry.only(
                                new TarBytes().rawPax('x', pax).name("x").add().finish())
                        .entry()
                        .name())
                .isEqualTo(name);
    }

    @Test
    void readsNumbersInBase256() throws IOException {
        ReadEntry file = ReadEntry.only(new TarBytes()
                .name("f")
                .bytes(108, 0x80, 0, 0, 0, 0x12, 0x34, 0x56, 0x78)
                .bytes(136, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFE)
                .add()
                .finish());

        assertThat(file.entry().uid()).isEqualTo(0x12345678);
        assertThat(file.entry().mtimeSeconds()).isEqualTo(-2);
    }

    @Test
    void refusesANegativeSize() {
        TarBytes archive = new TarBytes()
                .name("f")
                .bytes(124, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0);

        assertThatThrownBy(ReadEntry.reading(archive.add()))
                .hasMessageContaining("\"f\"")
                .hasMessageContaining("size -256");
        assertThatThrownBy(ReadEntry.reading(new TarBytes().pax("size", "-1").file("f", "")))
                .hasMessageContaining("size -1");
    }

    @Test
    void refusesASizeBeyondTheRangeOfNumbers() {
        TarBytes archive = new TarBytes().name("f").bytes(124, 0x80, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

        assertThatThrownBy(ReadEntry.reading(archive.add())).hasMessageContaining("size in its header is malformed");
        assertThatThrownBy(ReadEntry.reading(
                        new TarBytes().pax("size", "99999999999999999999").file("f", "")))
                .hasMessageContaining("size is not a number");
    }

    @Test
    void refusesOwnersThatChownWouldTakeForKeepIt() {
        assertThatThrownBy(ReadEntry.reading(
                        new TarBytes().pax("uid", "4294967295").file("f", "")))
                .hasMessageContaining("uid 4294967295");
    }

    @Test
    void takesAFileWithATrailingSlashForADirectory() throws IOException {
        assertThat(ReadEntry.only(new TarBytes().name("d/").type('\0').add().finish())
                        .entry()
                        .type())
                .isEqualTo(TarEntry.Type.DIRECTORY);
    }

    @Test
    void readsDevicesAndFifos() throws IOException {
        List<ReadEntry> entries = ReadEntry.all(new TarBytes()
                .name("null")
                .type('3')
                .device(1, 3)
                .add()
                .name("sda")
                .type('4')
                .device(8, 0)
                .add()
                .name("pipe")
                .type('6')
                .add()
                .finish());

        assertThat(entries)
                .extracting(entry -> entry.entry().type())
                .containsExactly(TarEntry.Type.CHARACTER_DEVICE, TarEntry.Type.BLOCK_DEVICE, TarEntry.Type.FIFO);
        assertThat(entries.get(0).entry().deviceMajor()).isEqualTo(1);
        assertThat(entries.get(0).entry().deviceMinor()).isEqualTo(3);
    }

    @Test
    void passesOverContentThatWasNotTakenAndContentOfDirectories() throws IOException {
        List<ReadEntry> entries = ReadEntry.all(new TarBytes()
                .name("d")
                .type('D')
                .content("Yfile\0\0")
                .add()
                .file("f", "x")
                .finish());

        assertThat(entries).extracting(ReadEntry::name).containsExactly("d", "f");
    }

    @Test
    void takesAHardLinkToHaveNoContentWhateverItsSizeSays() throws IOException {
        List<ReadEntry> entries = ReadEntry.all(new TarBytes()
                .name("l")
                .type('1')
                .link("f")
                .field(124, "00000000100")
                .add()
                .file("f", "x")
                .finish());

        assertThat(entries).extracting(ReadEntry::name).containsExactly("l", "f");
    }

    @Test
    void refusesWhatItCannotKeep() {
        assertThatThrownBy(ReadEntry.reading(new TarBytes().name("f").type('M').add()))
                .hasMessageContaining("multi-volume");
        assertThatThrownBy(ReadEntry.reading(new TarBytes().name("f").type('?').add()))
                .hasMessageContaining("unknown type \"?\"");
    }

    @Test
    void leavesAVolumeLabelOut() throws IOException {
        assertThat(ReadEntry.only(new TarBytes()
                                .name("my tape")
                                .type('V')
                                .add()
                                .file("f", "")
                                .finish())
                        .name())
                .isEqualTo("f");
    }

    @Test
    void refusesMoreEntriesThanTheLimit() {
        byte[] archive =
                new TarBytes().file("a", "").file("b", "").file("c", "").finish();

        assertThatThrownBy(() -> ReadEntry.all(archive, ImportLimits.defaults().entries(2)))
                .hasMessageContaining("more entries than the limit of 2");
    }

    @Test
    void refusesMoreContentThanTheLimit() {
        byte[] archive = new TarBytes().file("a", "x".repeat(2000)).finish();

        assertThatThrownBy(() -> ReadEntry.all(archive, ImportLimits.defaults().fileBytes(ByteSize.kib(1))))
                .hasMessageContaining("\"a\"")
                .hasMessageContaining("limit of 1KiB");
        assertThatThrownBy(() -> ReadEntry.all(archive, ImportLimits.defaults().totalBytes(ByteSize.kib(1))))
                .hasMessageContaining("limit of 1KiB");
    }

    @Test
    void refusesNamesThatCannotExist() {
        assertThatThrownBy(ReadEntry.reading(new TarBytes()
                        .rawPax('x', TarBytes.record("path", new byte[] {'a', 0, 'b'}))
                        .file("f", "")))
                .hasMessageContaining("NUL");
        assertThatThrownBy(ReadEntry.reading(new TarBytes().name("").add())).hasMessageContaining("name is empty");
        assertThatThrownBy(ReadEntry.reading(
                        new TarBytes().pax("path", "a".repeat(20_000)).file("f", "")))
                .hasMessageContaining("more than the limit of 16384");
    }
}

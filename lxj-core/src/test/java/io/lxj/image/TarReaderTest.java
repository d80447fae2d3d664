package io.lxj.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lxj.config.ByteSize;
import io.lxj.config.ImportLimits;
import io.lxj.linux.FileName;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class TarReaderTest {
    private static final byte[] CAPABILITY = {1, 0, 0, 2, 0, 0x20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, (byte) 0xff, '\n'
    };

    private static ReadEntry only(byte[] archive) throws IOException {
        List<ReadEntry> entries = ReadEntry.all(archive);
        assertThat(entries).hasSize(1);
        return entries.get(0);
    }

    private static ThrowingCallable reading(TarBytes archive) {
        return () -> ReadEntry.all(archive.finish());
    }

    @Test
    void readsAFileOfUstar() throws IOException {
        ReadEntry file = only(new TarBytes()
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
        ReadEntry file = only(new TarBytes()
                .name("b")
                .field(345, "a/very/long")
                .content("")
                .add()
                .finish());

        assertThat(file.name()).isEqualTo("a/very/long/b");
    }

    @Test
    void doesNotTakeTimesInAGnuHeaderForAPrefix() throws IOException {
        ReadEntry file = only(new TarBytes()
                .name("b")
                .field(257, "ustar  \0")
                .field(345, "14000000000")
                .add()
                .finish());

        assertThat(file.name()).isEqualTo("b");
    }

    @Test
    void doesNotTakeTimesInAStarHeaderForAPrefix() throws IOException {
        ReadEntry file = only(new TarBytes()
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

        assertThat(only(new TarBytes().raw(header).finish()).name()).isEqualTo("\u00e9\u00e9");
    }

    @Test
    void refusesADamagedHeader() {
        TarBytes archive =
                new TarBytes().file("a", "x").name("b").field(148, "0000001").addUnsealed();

        assertThatThrownBy(reading(archive))
                .hasMessageContaining("header at byte 1024")
                .hasMessageContaining("checksum");
    }

    @Test
    void keepsNamesThatAreNotUtf8() throws IOException {
        byte[] name = {'l', 'a', 't', 'i', 'n', '-', (byte) 0xE9};

        assertThat(only(new TarBytes().name(name).add().finish()).entry().name())
                .isEqualTo(name);
        byte[] pax = TarBytes.record("path", name);
        assertThat(only(new TarBytes().rawPax('x', pax).name("x").add().finish())
                        .entry()
                        .name())
                .isEqualTo(name);
    }

    @Test
    void keepsAttributesThatAreNotText() throws IOException {
        byte[] pax = TarBytes.record("SCHILY.xattr.security.capability", CAPABILITY);

        ReadEntry file = only(new TarBytes().rawPax('x', pax).file("ping", "").finish());

        assertThat(file.entry().attributes()).singleElement().satisfies(attribute -> {
            assertThat(attribute.name()).isEqualTo("security.capability");
            assertThat(attribute.value()).isEqualTo(CAPABILITY);
        });
    }

    @Test
    void readsAttributesOfLibarchive() throws IOException {
        ReadEntry file = only(new TarBytes()
                .pax("LIBARCHIVE.xattr.user.a%3db", "AAH/")
                .file("f", "")
                .finish());

        assertThat(file.entry().attributes()).singleElement().satisfies(attribute -> {
            assertThat(attribute.name()).isEqualTo("user.a=b");
            assertThat(attribute.value()).containsExactly(0, 1, 0xff);
        });
    }

    @Test
    void readsAttributeNamesAsGnuTarEscapesThem() throws IOException {
        ReadEntry file = only(new TarBytes()
                .pax("SCHILY.xattr.user.a%3Db%25", "v")
                .file("f", "")
                .finish());

        assertThat(file.entry().attributes().get(0).name()).isEqualTo("user.a=b%");
    }

    @Test
    void letsPaxRecordsWinOverTheHeader() throws IOException {
        ReadEntry file = only(new TarBytes()
                .pax("path", "long", "uid", "4294967294", "gid", "70000", "mtime", "1.25", "size", "3")
                .name("short")
                .content("abc")
                .field(124, "00000000007")
                .add()
                .finish());

        assertThat(file.name()).isEqualTo("long");
        assertThat(file.entry().uid()).isEqualTo(-2);
        assertThat(file.entry().gid()).isEqualTo(70000);
        assertThat(file.entry().mtimeSeconds()).isEqualTo(1);
        assertThat(file.entry().mtimeNanos()).isEqualTo(250_000_000);
        assertThat(file.content()).asString().isEqualTo("abc");
    }

    @Test
    void appliesGlobalRecordsToAllThatFollowsUntilTheyAreHidden() throws IOException {
        List<ReadEntry> files = ReadEntry.all(new TarBytes()
                .pax('g', "uid", "5", "comment", "a git commit")
                .file("a", "")
                .pax("uid", "6")
                .file("b", "")
                .pax("uid", "")
                .file("c", "")
                .finish());

        assertThat(files).extracting(file -> file.entry().uid()).containsExactly(5, 6, 0);
    }

    @Test
    void readsGnuLongNames() throws IOException {
        String name = "d/".repeat(200) + "f";
        String target = "t/".repeat(100);
        ReadEntry link = only(new TarBytes()
                .name("././@LongLink")
                .type('L')
                .content(name + "\0")
                .add()
                .name("././@LongLink")
                .type('K')
                .content(target + "\0")
                .add()
                .symlink("cut", "cut")
                .finish());

        assertThat(link.name()).isEqualTo(name);
        assertThat(FileName.string(link.entry().linkName())).isEqualTo(target);
    }

    @Test
    void readsNumbersInBase256() throws IOException {
        ReadEntry file = only(new TarBytes()
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

        assertThatThrownBy(reading(archive.add())).hasMessageContaining("\"f\"").hasMessageContaining("size -256");
        assertThatThrownBy(reading(new TarBytes().pax("size", "-1").file("f", "")))
                .hasMessageContaining("size -1");
    }

    @Test
    void refusesASizeBeyondTheRangeOfNumbers() {
        TarBytes archive = new TarBytes().name("f").bytes(124, 0x80, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

        assertThatThrownBy(reading(archive.add())).hasMessageContaining("size in its header is malformed");
        assertThatThrownBy(reading(
                        new TarBytes().pax("size", "99999999999999999999").file("f", "")))
                .hasMessageContaining("size is not a number");
    }

    @Test
    void refusesOwnersThatChownWouldTakeForKeepIt() {
        assertThatThrownBy(reading(new TarBytes().pax("uid", "4294967295").file("f", "")))
                .hasMessageContaining("uid 4294967295");
    }

    @Test
    void takesAFileWithATrailingSlashForADirectory() throws IOException {
        assertThat(only(new TarBytes().name("d/").type('\0').add().finish())
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
    void doesNotLetThePaxSizeOfAFileMoveTheHeadersInBetween() throws IOException {
        // A size record is for the file, not for the long name that stands between them.
        ReadEntry file = only(new TarBytes()
                .pax("size", "2")
                .name("././@LongLink")
                .type('L')
                .content("long\0")
                .add()
                .name("f")
                .content("ab")
                .add()
                .finish());

        assertThat(file.name()).isEqualTo("long");
        assertThat(file.content()).asString().isEqualTo("ab");
    }

    @Test
    void refusesWhatItCannotKeep() {
        assertThatThrownBy(reading(new TarBytes().name("f").type('M').add())).hasMessageContaining("multi-volume");
        assertThatThrownBy(reading(new TarBytes().name("f").type('?').add()))
                .hasMessageContaining("unknown type \"?\"");
    }

    @Test
    void leavesAVolumeLabelOut() throws IOException {
        assertThat(only(new TarBytes()
                                .name("my tape")
                                .type('V')
                                .add()
                                .file("f", "")
                                .finish())
                        .name())
                .isEqualTo("f");
    }

    @Test
    void refusesAnArchiveWithoutItsEnd() {
        assertThatThrownBy(() -> ReadEntry.all(new TarBytes().file("f", "x").unfinished()))
                .hasMessageContaining("its end is not marked");
    }

    @Test
    void refusesAnArchiveThatIsCutOffAnywhere() {
        byte[] whole = new TarBytes()
                .pax("path", "long")
                .file("f", "x".repeat(700))
                .directory("d")
                .unfinished();
        for (int length = 512; length < whole.length; length += 100) {
            byte[] cut = Arrays.copyOf(whole, length);
            assertThatThrownBy(() -> ReadEntry.all(cut))
                    .as("cut at %d", length)
                    .isInstanceOf(ArchiveException.class)
                    .hasMessageContaining("the archive");
        }
    }

    @Test
    void takesASingleZeroBlockAtTheVeryEndForTheEnd() throws IOException {
        assertThat(only(new TarBytes().file("f", "x").raw(new byte[512]).unfinished())
                        .name())
                .isEqualTo("f");
    }

    @Test
    void refusesToLoseWhatFollowsASingleZeroBlock() {
        assertThatThrownBy(
                        reading(new TarBytes().file("f", "x").raw(new byte[512]).file("g", "x")))
                .hasMessageContaining("single block of zeros at byte 1024");
    }

    @Test
    void refusesPaxRecordsThatAreMalformed() {
        for (String records : List.of(
                "x",
                "5",
                "5 ",
                "1 a=b\n",
                "7 a=b\n",
                "6 a=bc",
                "6 aabc\n",
                "99999999999 a=b\n",
                "5 =b\n",
                "-6 a=b\n")) {
            TarBytes archive =
                    new TarBytes().rawPax('x', FileName.bytes(records)).file("f", "");
            assertThatThrownBy(reading(archive)).as(records).hasMessageContaining("pax header is malformed");
        }
    }

    @Test
    void refusesExtendedHeadersBeyondTheLimit() {
        ImportLimits limits = ImportLimits.defaults().headerBytes(ByteSize.kib(4));
        byte[] one =
                new TarBytes().pax("comment", "x".repeat(5000)).file("f", "").finish();
        assertThatThrownBy(() -> ReadEntry.all(one, limits)).hasMessageContaining("limit of 4KiB");

        TarBytes many = new TarBytes();
        for (int i = 0; i < 10; i++) {
            many.name("././@LongLink").type('L').content("x".repeat(600)).add();
        }
        assertThatThrownBy(() -> ReadEntry.all(many.finish(), limits)).hasMessageContaining("limit of 4KiB");
    }

    @Test
    void refusesGlobalRecordsThatGrowWithoutEnd() {
        ImportLimits limits = ImportLimits.defaults().headerBytes(ByteSize.kib(4));
        TarBytes archive = new TarBytes();
        for (int i = 0; i < 50; i++) {
            archive.pax('g', "key" + i, "x".repeat(100)).file("f" + i, "");
        }

        assertThatThrownBy(() -> ReadEntry.all(archive.finish(), limits)).hasMessageContaining("in all");
    }

    @Test
    void refusesAHeaderThatClaimsToBeGigabytesWithoutTakingMemoryForIt() {
        TarBytes archive =
                new TarBytes().name("x").type('x').field(124, "77777777777").add();

        assertThatThrownBy(reading(archive)).hasMessageContaining("limit of 16MiB");
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
        assertThatThrownBy(reading(new TarBytes()
                        .rawPax('x', TarBytes.record("path", new byte[] {'a', 0, 'b'}))
                        .file("f", "")))
                .hasMessageContaining("NUL");
        assertThatThrownBy(reading(new TarBytes().name("").add())).hasMessageContaining("name is empty");
        assertThatThrownBy(
                        reading(new TarBytes().pax("path", "a".repeat(20_000)).file("f", "")))
                .hasMessageContaining("more than the limit of 16384");
    }

    @Test
    void readsTheSparseFilesOfStar() throws IOException {
        ReadEntry file = only(new TarBytes()
                .name("s")
                .type('S')
                .field(356, "00000001000")
                .field(368, "00000000003")
                .field(452, "00000002000")
                .content("abc")
                .field(508, "tar\0")
                .add()
                .finish());

        assertThat(file.entry().size()).isEqualTo(1024);
        assertThat(Arrays.copyOfRange(file.content(), 512, 515)).asString().isEqualTo("abc");
    }

    @Test
    void refusesSparseMapsThatMakeNoSense() {
        assertThatThrownBy(reading(sparse("0,4,2,4", 100))).hasMessageContaining("overlap");
        assertThatThrownBy(reading(sparse("98,8", 100))).hasMessageContaining("outside");
        assertThatThrownBy(reading(sparse("0,9223372036854775807,1,1", 100))).hasMessageContaining("outside");
        assertThatThrownBy(reading(sparse("0,7", 100))).hasMessageContaining("describes 7 bytes");
        assertThatThrownBy(reading(sparse("0", 100))).hasMessageContaining("middle of a piece");
        assertThatThrownBy(reading(sparse("-1,8", 100))).hasMessageContaining("negative");
        assertThatThrownBy(reading(sparse("x,8", 100))).hasMessageContaining("malformed");
        assertThatThrownBy(reading(sparse("0,3,50,5", 100))).hasMessageContaining("fill its last block");
        assertThatThrownBy(reading(sparse("0,8", 1L << 50))).hasMessageContaining("limit of 16TiB");
    }

    private static TarBytes sparse(String map, long size) {
        return new TarBytes()
                .pax("GNU.sparse.map", map, "GNU.sparse.size", Long.toString(size))
                .file("s", "12345678");
    }

    @Test
    void refusesASparseMapThatGoesOnForever() {
        TarBytes archive = new TarBytes()
                .pax("GNU.sparse.major", "1", "GNU.sparse.minor", "0", "GNU.sparse.realsize", "100")
                .file("s", "9223372036854775807\n" + "0\n".repeat(300));

        assertThatThrownBy(reading(archive)).hasMessageContaining("more than 1000000 pieces");
    }

    @Test
    void tellsWhenSomethingFollowsTheEnd() throws IOException {
        byte[] archive = new TarBytes()
                .file("f", "x")
                .raw(new byte[1024])
                .file("lost", "x")
                .finish();
        try (UncompressedArchive opened =
                UncompressedArchive.open(ArchiveInput.of(new ByteArrayInputStream(archive)), true)) {
            TarReader reader =
                    new TarReader(new ChunkReader(opened.content(), ByteSize.mib(1)), ImportLimits.defaults());
            while (reader.next() != null) {
                // To the end.
            }
            assertThat(reader.warnings()).containsExactly("what follows the end of the archive was ignored");
        }
    }
}

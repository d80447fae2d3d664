package io.lxj.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lxj.config.ByteSize;
import io.lxj.config.ImportLimits;
import io.lxj.linux.FileName;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Headers that say more of the next file: those of pax, and long names as GNU tar writes them. */
class TarExtendedHeadersTest {
    private static final byte[] CAPABILITY = {1, 0, 0, 2, 0, 0x20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, (byte) 0xff, '\n'
    };

    @Test
    void keepsAttributesThatAreNotText() throws IOException {
        byte[] pax = TarBytes.record("SCHILY.xattr.security.capability", CAPABILITY);

        ReadEntry file =
                ReadEntry.only(new TarBytes().rawPax('x', pax).file("ping", "").finish());

        assertThat(file.entry().attributes()).singleElement().satisfies(attribute -> {
            assertThat(attribute.name()).isEqualTo("security.capability");
            assertThat(attribute.value()).isEqualTo(CAPABILITY);
        });
    }

    @Test
    void readsAttributesOfLibarchive() throws IOException {
        ReadEntry file = ReadEntry.only(new TarBytes()
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
        ReadEntry file = ReadEntry.only(new TarBytes()
                .pax("SCHILY.xattr.user.a%3Db%25", "v")
                .file("f", "")
                .finish());

        assertThat(file.entry().attributes().get(0).name()).isEqualTo("user.a=b%");
    }

    @Test
    void letsPaxRecordsWinOverTheHeader() throws IOException {
        ReadEntry file = ReadEntry.only(new TarBytes()
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
        ReadEntry link = ReadEntry.only(new TarBytes()
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
    void doesNotLetThePaxSizeOfAFileMoveTheHeadersInBetween() throws IOException {
        // A size record is for the file, not for the long name that stands between them.
        ReadEntry file = ReadEntry.only(new TarBytes()
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
            assertThatThrownBy(ReadEntry.reading(archive)).as(records).hasMessageContaining("pax header is malformed");
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

        assertThatThrownBy(ReadEntry.reading(archive)).hasMessageContaining("limit of 16MiB");
    }
}

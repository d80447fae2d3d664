package io.lxj.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lxj.testing.LeaksNothing;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@LeaksNothing
class MountInfoTest {
    private static List<MountInfo> parse(String text) {
        return MountInfo.parse(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    @Test
    void readsEveryField() {
        assertThat(parse("36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 shared:5 - ext3 /dev/root rw,errors=continue\n"))
                .containsExactly(new MountInfo(
                        36,
                        35,
                        98,
                        0,
                        "/mnt1",
                        "/mnt2",
                        List.of("rw", "noatime"),
                        List.of("master:1", "shared:5"),
                        "ext3",
                        "/dev/root",
                        List.of("rw", "errors=continue")));
    }

    @Test
    void turnsEscapesBackIntoBytes() {
        MountInfo mount = parse("1 0 0:1 /a\\040b /c\\011\\012\\134d\\043\u00ff ro - tmpfs no\\040ne rw\n")
                .get(0);
        assertThat(mount.root()).isEqualTo("/a b");
        assertThat(mount.mountPoint()).isEqualTo("/c\t\n\\d#\udcff");
        assertThat(FileName.bytes(mount.mountPoint())).containsExactly('/', 'c', 9, 10, '\\', 'd', '#', 0xFF);
        assertThat(mount.source()).isEqualTo("no ne");
        assertThat(mount.isReadOnly()).isTrue();
        assertThat(mount.isShared()).isFalse();
    }

    @Test
    void aFieldCanBeEmpty() {
        MountInfo mount = parse("1 0 0:1 / / rw shared:1 - tmpfs  rw\n").get(0);
        assertThat(mount.source()).isEmpty();
        assertThat(mount.superOptions()).containsExactly("rw");
        assertThat(mount.isShared()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "x",
                "1 0 0:1 / / rw tmpfs none rw",
                "1 0 0:1 / / rw -",
                "1 0 0:1 / - a b c",
                "1 0 0 / / rw - tmpfs none rw",
                "1 0 0:1:2 / / rw - tmpfs none rw"
            })
    void refusesWhatIsNoMountInfo(String line) {
        assertThatThrownBy(() -> parse(line)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void readsTheMountsOfThisProcess() throws Exception {
        try (ProcFs proc = ProcFs.open(Path.of("/proc"))) {
            assertThat(MountInfo.own(proc)).anySatisfy(mount -> {
                assertThat(mount.mountPoint()).isEqualTo("/proc");
                assertThat(mount.type()).isEqualTo("proc");
            });
        }
    }
}

package io.lxj.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import io.lxj.error.InvalidConfigException;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MountTest {
    private static final BindMount SITE = Mount.bind(Path.of("/srv/site"), "/var/www");

    @Test
    void bindIsWritablePrivateAndRecursiveUnlessSaidOtherwise() {
        assertThat(SITE)
                .isEqualTo(new BindMount(
                        "/srv/site", "/var/www", Set.of(), Propagation.PRIVATE, true, false, Optional.empty()))
                .hasToString("bind /srv/site on /var/www");
    }

    @Test
    void bindCanBeRestricted() {
        BindMount mount = SITE.readOnly()
                .noExec()
                .noSuid()
                .noDev()
                .propagation(Propagation.SLAVE)
                .recursive(false)
                .optional();

        assertThat(mount.flags()).containsExactly(MountFlag.values());
        assertThat(mount.propagation()).isEqualTo(Propagation.SLAVE);
        assertThat(mount.recursive()).isFalse();
        assertThat(mount.sourceOptional()).isTrue();
        assertThat(mount)
                .hasToString("bind /srv/site on /var/www "
                        + "(read-only, no-exec, no-suid, no-dev, slave, not recursive, optional)");
        assertThat(SITE.flags()).isEmpty();
    }

    @Test
    void bindSourceBecomesAbsolute() {
        assertThat(Mount.bind(Path.of("site"), "/var/www").source())
                .isEqualTo(Path.of("site").toAbsolutePath().toString());
    }

    @Test
    void bindSourceOfAnotherFileSystemIsRefused(@TempDir Path folder) throws IOException {
        URI archive = URI.create("jar:" + folder.resolve("a.zip").toUri());
        try (FileSystem zip = FileSystems.newFileSystem(archive, Map.of("create", "true"))) {
            assertThatExceptionOfType(InvalidConfigException.class)
                    .isThrownBy(() -> Mount.bind(zip.getPath("/x"), "/x"))
                    .withMessageStartingWith("mount.source: ")
                    .withMessageContaining("the host's own file system");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "site", "./site", "/a\nb", "/a\0b", "/a\u2028b", "/\ud800"})
    void bindSourceMustBeAbsoluteText(String source) {
        assertThatExceptionOfType(InvalidConfigException.class)
                .isThrownBy(() -> Mount.bind(source, "/x"))
                .satisfies(e -> assertThat(e.field()).isEqualTo("mount.source"));
    }

    @Test
    void bytesThatAreNotUtf8AreKept() {
        assertThat(Mount.bind("/srv/\udcff", "/\udc80").source()).isEqualTo("/srv/\udcff");
    }

    @Test
    void aPathIsTheSameFileWhateverTheLocale() {
        String name = "/srv/é";
        String inLatin1 = new String(name.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);

        assertThat(HostPath.portable("mount.source", name, StandardCharsets.UTF_8))
                .isEqualTo(name);
        assertThat(HostPath.portable("mount.source", inLatin1, StandardCharsets.ISO_8859_1))
                .isEqualTo(name);
        assertThat(HostPath.portable("mount.source", "/srv/a", StandardCharsets.US_ASCII))
                .isEqualTo("/srv/a");
    }

    @Test
    void aPathThatTheLocaleCannotShowIsNotTakenForAnother() {
        refusesPath("/srv/\ufffd", StandardCharsets.UTF_8);
        refusesPath("/srv/\ufffd\ufffd", StandardCharsets.US_ASCII);
        refusesPath("/srv/é", StandardCharsets.ISO_8859_1);
    }

    private static void refusesPath(String decoded, Charset locale) {
        assertThatExceptionOfType(InvalidConfigException.class)
                .isThrownBy(() -> HostPath.portable("mount.source", decoded, locale))
                .withMessageStartingWith("mount.source: ")
                .withMessageContaining("give any other as text");
    }

    @ParameterizedTest
    @CsvSource({
        "/a, /a",
        "/a/, /a",
        "//a///b, /a/b",
        "/./a/./b/., /a/b",
        "/a/..., /a/...",
        "/proc/meminfo, /proc/meminfo"
    })
    void targetIsBroughtIntoOneForm(String target, String normal) {
        assertThat(Mount.tmpfs(target).target()).isEqualTo(normal);
        assertThat(Mount.bind("/x", target).target()).isEqualTo(normal);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "a",
                "./a",
                "..",
                "/..",
                "/a/..",
                "/a/../b",
                "/../a",
                "/a\n",
                "/a\tb",
                "/a\0",
                "/a\u0085",
                "/\ud800",
                "/\udc7f"
            })
    void targetMustBeAbsoluteAndStayInside(String target) {
        assertThatExceptionOfType(InvalidConfigException.class)
                .isThrownBy(() -> Mount.tmpfs(target))
                .satisfies(e -> assertThat(e.field()).isEqualTo("mount.target"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"/", "//", "/.", "/proc", "/proc/", "/sys", "/dev", "/dev/pts", "/sys/fs/cgroup", "/dev/console"
            })
    void targetCannotBeWhatLxjMountsItself(String target) {
        assertThatExceptionOfType(InvalidConfigException.class)
                .isThrownBy(() -> Mount.tmpfs(target))
                .withMessageContaining("a place that lxj doesn't mount itself");
    }

    @Test
    void targetHasTheKernelsLimits() {
        String longest = "/" + "a".repeat(255);
        assertThat(Mount.tmpfs(longest).target()).isEqualTo(longest);
        assertThat(Mount.tmpfs("/" + "é".repeat(127)).target()).hasSize(128);
        assertThatExceptionOfType(InvalidConfigException.class).isThrownBy(() -> Mount.tmpfs(longest + "a"));
        assertThatExceptionOfType(InvalidConfigException.class).isThrownBy(() -> Mount.tmpfs("/" + "é".repeat(128)));
        assertThatExceptionOfType(InvalidConfigException.class).isThrownBy(() -> Mount.tmpfs(longest.repeat(16)));
    }

    @Test
    void tmpfsHasSizeAndMode() {
        TmpfsMount mount = Mount.tmpfs("/tmp").noExec().size(ByteSize.mib(64)).mode(0700);

        assertThat(mount.size()).contains(ByteSize.mib(64));
        assertThat(mount.mode()).isEqualTo(0700);
        assertThat(mount).hasToString("tmpfs on /tmp (no-exec, 64MiB, mode 0700)");
        assertThat(Mount.tmpfs("/tmp").mode()).isEqualTo(01777);
        assertThat(Mount.tmpfs("/tmp").size()).isEmpty();
    }

    @Test
    void tmpfsRefusesAnUnlimitedSizeAndWrongModes() {
        TmpfsMount mount = Mount.tmpfs("/tmp");

        assertThatExceptionOfType(InvalidConfigException.class)
                .isThrownBy(() -> mount.size(ByteSize.ZERO))
                .withMessage("mount.size: \"0\" is not allowed; allowed: a size above zero");
        assertThatExceptionOfType(InvalidConfigException.class)
                .isThrownBy(() -> mount.mode(010000))
                .withMessageStartingWith("mount.mode: \"10000\" is not allowed");
        assertThatExceptionOfType(InvalidConfigException.class).isThrownBy(() -> mount.mode(-1));
    }

    @Test
    void flagsCannotBeChangedFromOutside() {
        assertThatExceptionOfType(UnsupportedOperationException.class)
                .isThrownBy(() -> SITE.flags().add(MountFlag.NO_DEV));
    }

    @Test
    void refusesNull() {
        assertThatNullPointerException()
                .isThrownBy(() -> Mount.bind((Path) null, "/x"))
                .withMessage("mount.source");
        assertThatNullPointerException().isThrownBy(() -> Mount.tmpfs(null)).withMessage("mount.target");
        assertThatNullPointerException()
                .isThrownBy(() -> SITE.propagation(null))
                .withMessage("propagation");
    }
}

package io.lxj.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.lxj.testing.LeaksNothing;
import io.lxj.testing.NeedsCommand;
import io.lxj.testing.NeedsContainers;
import io.lxj.testing.NeedsRoot;
import io.lxj.testing.NeedsRootfs;
import io.lxj.testing.StateFolder;
import io.lxj.testing.TestRootfs;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

@LeaksNothing
class QuickstartTest {
    @StateFolder
    Path folder;

    @Test
    @NeedsContainers
    @NeedsCommand("busybox")
    void needsNoArchive() throws Exception {
        Program quickstart = Program.run(folder, "", "quickstart");

        assertThat(quickstart.output()).endsWith("\nquickstart: ok\n");
        assertThat(quickstart.exitCode()).isZero();
    }

    /** A host without busybox: its own programs are borrowed instead. */
    @Test
    @NeedsRoot("hides a program of the host from a process, by a mount")
    void needsNoBusyboxEither() throws Exception {
        String hidden = "for f in /bin /usr/bin /usr/local/bin /sbin /usr/sbin; do"
                + " [ ! -e $f/busybox ] || mount --bind /dev/null $f/busybox; done; exec \"$@\"";
        List<String> starter = List.of("unshare", "--mount", "--propagation", "private", "sh", "-ec", hidden, "sh");

        Program quickstart = Program.runBy(starter, folder, "", "quickstart");

        assertThat(quickstart.output())
                .contains("of what this host has")
                .doesNotContain("BusyBox")
                .contains("\n           process 1 is init\n")
                .endsWith("\nquickstart: ok\n");
        assertThat(quickstart.exitCode()).isZero();
        assertThat(leftOver()).isEmpty();
    }

    /** As in a container of another runtime, whose root is an overlay. */
    @Test
    @NeedsRoot("mounts a file system")
    void saysThatFilesAreCopiedWhereNoMountMapsTheirIds() throws Exception {
        String overlay = "mkdir lower upper work over"
                + " && mount -t overlay overlay -o lowerdir=lower,upperdir=upper,workdir=work over"
                + " && TMPDIR=$TMPDIR/over && exec \"$@\"";
        List<String> starter = List.of("unshare", "--mount", "--propagation", "private", "sh", "-ec", overlay, "sh");

        Program quickstart = Program.runBy(starter, folder, "", "quickstart");

        assertThat(quickstart.output())
                .contains(
                        "is on a file system of type overlay, on which no mount of this process maps the ids of files:",
                        "The files of container quickstart are copied for the ids ")
                .endsWith("\nquickstart: ok\n");
        assertThat(quickstart.exitCode()).isZero();
        assertThat(folder.resolve("upper")).isEmptyDirectory();
    }

    @Test
    @NeedsContainers
    @NeedsRootfs("debian-12.tar.gz")
    void failsWithTheUnitsThatFailed() throws Exception {
        String script = "mkdir -p more/etc/systemd/system/multi-user.target.wants && cd more/etc/systemd/system"
                + " && printf '[Service]\\nExecStart=/bin/false\\n' >broken.service"
                + " && ln -s ../broken.service multi-user.target.wants/ && cd - && chmod -R a+rX more"
                + " && gzip -dc \"$0\" >debian.tar && tar -rf debian.tar --owner=0 --group=0 -C more ./etc/systemd/system";
        Process tar = new ProcessBuilder(
                        "sh", "-ec", script, TestRootfs.find("debian-12.tar.gz").toString())
                .directory(folder.toFile())
                .inheritIO()
                .start();
        assertThat(tar.waitFor()).isZero();

        Program quickstart = Program.run(
                folder, "", "quickstart", folder.resolve("debian.tar").toString());

        assertThat(quickstart.output())
                .contains("quickstart: failed at boot: systemd is degraded; units that failed: broken.service; ")
                .doesNotContain("quickstart: ok");
        assertThat(quickstart.exitCode()).isEqualTo(1);
        assertThat(leftOver()).isEmpty();
    }

    @Test
    @NeedsContainers
    @NeedsRootfs("debian-12")
    void bootsDebianWithoutAFailedUnit() throws Exception {
        Program quickstart = Program.run(
                folder, "", "quickstart", TestRootfs.find("debian-12").toString());

        assertThat(quickstart.output())
                .contains("[########################################]", "systemd is running, no unit failed")
                .endsWith("\nquickstart: ok\n");
        assertThat(quickstart.exitCode()).isZero();
        assertThat(leftOver()).isEmpty();
    }

    @Test
    @NeedsContainers
    void failsWithTheReasonWhenTheArchiveIsNone() throws Exception {
        Path archive = Files.writeString(folder.resolve("rootfs.tar.gz"), "no archive");

        Program quickstart = Program.run(folder, "", "quickstart", archive.toString());

        assertThat(quickstart.output()).contains("quickstart: failed at import: ", archive.toString());
        assertThat(quickstart.exitCode()).isEqualTo(1);
        assertThat(leftOver()).isEmpty();
    }

    private Stream<Path> leftOver() throws Exception {
        return Files.list(folder).filter(file -> file.getFileName().toString().startsWith("lxj-"));
    }
}

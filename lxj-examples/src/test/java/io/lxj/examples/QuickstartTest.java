package io.lxj.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.lxj.testing.LeaksNothing;
import io.lxj.testing.NeedsCommand;
import io.lxj.testing.NeedsContainers;
import io.lxj.testing.NeedsRootfs;
import io.lxj.testing.StateFolder;
import io.lxj.testing.TestRootfs;
import java.nio.file.Files;
import java.nio.file.Path;
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

package io.lxj.image;

import static org.assertj.core.api.Assertions.assertThat;

import io.lxj.config.InitSystem;
import io.lxj.linux.RootDir;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which init a root filesystem boots with, by what is in it. */
class InitDetectorTest {
    private TestFolder folder;
    private Path root;

    @BeforeEach
    void create() throws IOException {
        folder = TestFolder.create();
        root = folder.path();
    }

    @AfterEach
    void remove() throws IOException {
        folder.close();
    }

    private void file(String path) throws IOException {
        Path file = root.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, path + "\n");
    }

    private void link(String path, String target) throws IOException {
        Path file = root.resolve(path);
        Files.createDirectories(file.getParent());
        Files.createSymbolicLink(file, Path.of(target));
    }

    private InitSystem detected() throws IOException {
        try (RootDir dir = RootDir.open(root)) {
            return new InitDetector(dir).detect().system();
        }
    }

    @Test
    void nothingIsNoInitAndWhatIsNotKnownIsAnother() throws IOException {
        assertThat(detected()).isEqualTo(InitSystem.NONE);
        file("sbin/init");
        assertThat(detected()).isEqualTo(InitSystem.OTHER);
    }

    @Test
    void systemdIsWhereTheLinkLeads() throws IOException {
        file("usr/lib/systemd/systemd");
        link("sbin/init", "/usr/lib/systemd/systemd");
        file("etc/inittab");
        assertThat(detected()).isEqualTo(InitSystem.SYSTEMD);
    }

    @Test
    void sysvinitReadsInittabAndMayStartOpenRc() throws IOException {
        file("sbin/init");
        file("etc/inittab");
        assertThat(detected()).isEqualTo(InitSystem.SYSVINIT);
        file("sbin/openrc");
        file("etc/runlevels/default/net");
        assertThat(detected()).isEqualTo(InitSystem.OPENRC);
    }

    @Test
    void openRcHasAnInitOfItsOwn() throws IOException {
        file("sbin/openrc-init");
        link("sbin/init", "openrc-init");
        assertThat(detected()).isEqualTo(InitSystem.OPENRC);
    }

    @Test
    void upstartHasJobsInEtcInit() throws IOException {
        file("sbin/init");
        file("etc/init/rc-sysinit.conf");
        assertThat(detected()).isEqualTo(InitSystem.OTHER);
        file("sbin/initctl");
        assertThat(detected()).isEqualTo(InitSystem.UPSTART);
        // Of upstart it says the runlevel alone.
        file("etc/inittab");
        assertThat(detected()).isEqualTo(InitSystem.UPSTART);
    }

    @Test
    void busyboxIsOneFileForAll() throws IOException {
        file("bin/busybox");
        link("sbin/init", "/bin/busybox");
        file("etc/inittab");
        assertThat(detected()).isEqualTo(InitSystem.BUSYBOX);
    }
}

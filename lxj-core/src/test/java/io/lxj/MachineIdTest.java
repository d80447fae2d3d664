package io.lxj;

import static org.assertj.core.api.Assertions.assertThat;

import io.lxj.config.Config;
import io.lxj.config.ImportOptions;
import io.lxj.config.Storage;
import io.lxj.image.TarBytes;
import io.lxj.testing.LeaksNothing;
import io.lxj.testing.NeedsContainers;
import io.lxj.testing.NeedsRootfs;
import io.lxj.testing.TestRootfs;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.file.Files;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** No container has the machine id that its image came with, and an image that was built has none. */
@NeedsContainers
@NeedsRootfs("alpine")
@LeaksNothing
@Timeout(300)
class MachineIdTest {
    private static final String OF_THE_IMAGE = "0123456789abcdef0123456789abcdef";

    @RegisterExtension
    static final TestLxj host = TestLxj.of("alpine");

    private static Image build(Image from, String script, String name) {
        try (ImageBuilder builder = host.lxj().images().builder(from)) {
            return builder.run("sh", "-xec", script).build(name);
        }
    }

    private static void haveTheirOwn(Image image, Storage storage) {
        Config sleeper = Config.of(image).init("/bin/sleep", "1000000").storage(storage);
        List<Container> containers = List.of(host.start(sleeper), host.start(sleeper));
        assertThat(containers)
                .allSatisfy(container -> assertThat(
                                container.exec("cat", "/etc/machine-id").stdout())
                        .isEqualTo(container.machineId() + "\n"))
                .extracting(Container::machineId)
                .doesNotHaveDuplicates()
                .doesNotContain(OF_THE_IMAGE);
        host.clear();
    }

    private static Image importWith(TarBytes files) throws IOException {
        try (InputStream alpine = new GZIPInputStream(Files.newInputStream(TestRootfs.find("alpine")))) {
            InputStream archive = new SequenceInputStream(new ByteArrayInputStream(files.unfinished()), alpine);
            return host.lxj().images().importTarball("id", archive, ImportOptions.defaults(), progress -> {});
        }
    }

    /** As the scripts of packages do, or whoever starts systemd's or D-Bus's tools in a build. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "echo ID >/etc/machine-id; chmod 444 /etc/machine-id",
                "mkdir -p /var/lib/dbus; echo ID >/var/lib/dbus/machine-id; : >/etc/machine-id",
                "mkdir -p /var/lib/dbus; echo ID >/etc/machine-id; ln -s /etc/machine-id /var/lib/dbus/machine-id",
                "mkdir -p /var/lib/dbus; echo ID >/var/lib/dbus/machine-id; ln -s /var/lib/dbus/machine-id /etc/machine-id",
                "echo ID >/home/id; ln -s /home/id /etc/machine-id"
            })
    void whatABuildMadeUpIsNotInTheImage(String script) {
        Image alpine = host.lxj().images().get("alpine");
        Image built = build(alpine, script.replace("ID", OF_THE_IMAGE), "built");
        String blank = "test ! -s /etc/machine-id; test ! -s /var/lib/dbus/machine-id";
        build(built, blank, "looked-at").delete();
        haveTheirOwn(built, Storage.OVERLAY);
        built.delete();
    }

    @Test
    void aBuildMakesNoneUp() {
        Image built = build(host.lxj().images().get("alpine"), "true", "built");
        build(built, "test ! -e /etc/machine-id; test ! -e /var/lib/dbus", "looked-at")
                .delete();
        built.delete();
    }

    @ParameterizedTest
    @EnumSource(Storage.class)
    void anImportedOneIsOfNoContainer(Storage storage) throws IOException {
        Image image = importWith(new TarBytes().file("etc/machine-id", OF_THE_IMAGE + "\n"));
        build(image, "grep " + OF_THE_IMAGE + " /etc/machine-id", "looked-at").delete();
        haveTheirOwn(image, storage);
        image.delete();
    }

    /** D-Bus looks there first, before it looks at /etc/machine-id. */
    @ParameterizedTest
    @EnumSource(Storage.class)
    void anImportedOneOfDBusIsOfNoContainerEither(Storage storage) throws IOException {
        Image image = importWith(new TarBytes().file("var/lib/dbus/machine-id", OF_THE_IMAGE + "\n"));
        Config sleeper = Config.of(image).init("/bin/sleep", "1000000").storage(storage);
        for (Container container : List.of(host.start(sleeper), host.start(sleeper))) {
            assertThat(container
                            .exec("cat", "/etc/machine-id", "/var/lib/dbus/machine-id")
                            .stdout())
                    .isEqualTo((container.machineId() + "\n").repeat(2));
            assertThat(container
                            .exec(
                                    "stat",
                                    "-c",
                                    "%A %u %g",
                                    "/var",
                                    "/var/lib",
                                    "/var/lib/dbus",
                                    "/var/lib/dbus/machine-id")
                            .stdout())
                    .isEqualTo("drwxr-xr-x 0 0\n".repeat(3) + "-r--r--r-- 0 0\n");
        }
        host.clear();
        image.delete();
    }

    @ParameterizedTest
    @EnumSource(Storage.class)
    void aLinkOfDBusStaysAndIsNotFollowed(Storage storage) throws IOException {
        Image image = importWith(new TarBytes().symlink("var/lib/dbus/machine-id", "/etc/target"));
        Container container =
                host.start(Config.of(image).init("/bin/sleep", "1000000").storage(storage));
        assertThat(container.exec("readlink", "/var/lib/dbus/machine-id").stdout())
                .isEqualTo("/etc/target\n");
        assertThat(container.files().exists("/etc/target")).isFalse();
        host.clear();
        image.delete();
    }

    /** A folder on the way to it that is a link leads to where it leads inside, and not on the host. */
    @ParameterizedTest
    @EnumSource(Storage.class)
    void aLinkOnTheWayToThatOfDBusIsResolvedInside(Storage storage) throws IOException {
        Image image = importWith(new TarBytes()
                .symlink("var/lib/dbus", "/../../etc/dbus")
                .file("etc/dbus/machine-id", OF_THE_IMAGE + "\n"));
        Container container =
                host.start(Config.of(image).init("/bin/sleep", "1000000").storage(storage));
        assertThat(container
                        .exec("cat", "/var/lib/dbus/machine-id", "/etc/machine-id")
                        .stdout())
                .isEqualTo((container.machineId() + "\n").repeat(2));
        assertThat(container.exec("cat", "/etc/hostname").stdout()).isNotEmpty();
        host.clear();
        image.delete();
    }
}

package io.lxj.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.lxj.linux.Directory;
import io.lxj.linux.Fd;
import io.lxj.linux.Open;
import io.lxj.testing.LeaksNothing;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@LeaksNothing
class FirstBootTest {
    private static final MachineId ID = MachineId.random();
    private static final FirstBoot FIRST_BOOT =
            new FirstBoot("web.example.org", ID, Optional.of(bytes("nameserver 9.9.9.9\n")));

    @TempDir
    Path folder;

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static Directory open(Path path) throws Exception {
        return new Directory(Fd.open(path, Open.O_RDONLY | Open.O_DIRECTORY, 0));
    }

    /** The /etc of a copy, where what is seen is what is written. */
    private Path etc() throws Exception {
        return Files.createDirectories(folder.resolve("root/etc"));
    }

    private void write(Path etc) throws Exception {
        try (FirstBootFolder both = new FirstBootFolder(open(etc), open(etc));
                DurableFiles files = new DurableFiles()) {
            FIRST_BOOT.write(both, files);
            files.sync();
        }
    }

    @Test
    void writesWhatMakesTheContainerAnIndividual() throws Exception {
        Path etc = etc();
        write(etc);
        assertThat(etc.toFile().list()).containsExactlyInAnyOrder("hostname", "hosts", "machine-id", "resolv.conf");
        assertThat(etc.resolve("hostname")).hasContent("web.example.org");
        assertThat(Files.readAllLines(etc.resolve("hosts")))
                .contains(
                        "127.0.0.1\tlocalhost",
                        "127.0.1.1\tweb.example.org web",
                        "::1\tlocalhost ip6-localhost ip6-loopback");
        assertThat(Files.readString(etc.resolve("machine-id"))).isEqualTo(ID.text() + "\n");
        assertThat(etc.resolve("resolv.conf")).hasContent("nameserver 9.9.9.9");
        for (String name : List.of("hostname", "hosts", "resolv.conf")) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(etc.resolve(name))))
                    .as(name)
                    .isEqualTo("rw-r--r--");
        }
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(etc.resolve("machine-id"))))
                .isEqualTo("r--r--r--");
    }

    @Test
    void replacesTheFilesOfTheImageButNotWhatOthersLinkTo() throws Exception {
        Path etc = etc();
        Path original = Files.writeString(folder.resolve("root/original"), "original");
        Files.createLink(etc.resolve("hosts"), original);
        Files.writeString(etc.resolve("machine-id"), "template");
        write(etc);
        assertThat(original).hasContent("original");
        assertThat(Files.readString(etc.resolve("hosts"))).contains("web.example.org");
        assertThat(Files.readString(etc.resolve("machine-id"))).isEqualTo(ID.text() + "\n");
    }

    @Test
    void aLinkToOutsideIsReplacedAndNotFollowed() throws Exception {
        Path etc = etc();
        Path outside = Files.writeString(folder.resolve("outside"), "untouched");
        for (String name : List.of("hostname", "hosts", "machine-id", "resolv.conf")) {
            Files.createSymbolicLink(etc.resolve(name), outside);
        }
        write(etc);
        assertThat(outside).hasContent("untouched");
        assertThat(Files.isSymbolicLink(etc.resolve("hostname"))).isFalse();
        assertThat(etc.resolve("hostname")).hasContent("web.example.org");
        assertThat(etc.resolve("resolv.conf")).hasContent("nameserver 9.9.9.9");
    }

    @Test
    void aDanglingLinkIsReplaced() throws Exception {
        Path etc = etc();
        Path outside = folder.resolve("missing");
        Files.createSymbolicLink(etc.resolve("hostname"), outside);
        Files.createSymbolicLink(etc.resolve("hosts"), Path.of("../../../../missing"));
        write(etc);
        assertThat(outside).doesNotExist();
        assertThat(etc.resolve("hostname")).hasContent("web.example.org");
    }

    @Test
    void aResolvConfThatIsMadeAtBootStaysALink() throws Exception {
        for (String target :
                List.of("../run/systemd/resolve/stub-resolv.conf", "/run/resolvconf/resolv.conf", "/etc/./../run/x")) {
            Path etc = Files.createDirectories(
                    Files.createTempDirectory(folder, "root").resolve("etc"));
            Path link = Files.createSymbolicLink(etc.resolve("resolv.conf"), Path.of(target));
            write(etc);
            assertThat(Files.readSymbolicLink(link)).isEqualTo(Path.of(target));
        }
        for (String target : List.of("/etc/resolvconf/run", "../runner/x", "/run/../etc/x", "/")) {
            Path etc = Files.createDirectories(
                    Files.createTempDirectory(folder, "root").resolve("etc"));
            Path link = Files.createSymbolicLink(etc.resolve("resolv.conf"), Path.of(target));
            write(etc);
            assertThat(Files.isRegularFile(link, LinkOption.NOFOLLOW_LINKS))
                    .as(target)
                    .isTrue();
        }
    }

    @Test
    void aDirectoryInThePlaceOfAFileIsLeftAlone() throws Exception {
        Path etc = etc();
        Files.createDirectories(etc.resolve("hostname/below"));
        write(etc);
        assertThat(etc.resolve("hostname/below")).isDirectory();
        assertThat(etc.toFile().list()).containsExactlyInAnyOrder("hostname", "hosts", "machine-id", "resolv.conf");
    }

    @Test
    void withoutAHostsResolvConfTheImagesStays() throws Exception {
        Path etc = etc();
        Files.writeString(etc.resolve("resolv.conf"), "nameserver 1.2.3.4\n");
        try (FirstBootFolder both = new FirstBootFolder(open(etc), open(etc));
                DurableFiles files = new DurableFiles()) {
            new FirstBoot("web", ID, Optional.empty()).write(both, files);
        }
        assertThat(etc.resolve("resolv.conf")).hasContent("nameserver 1.2.3.4");
    }

    @Test
    void theHostsResolverIsTheFirstOneThatIsOfUseElsewhere() throws Exception {
        Path stub = Files.writeString(folder.resolve("stub"), "# made by\nnameserver 127.0.0.53\noptions edns0\n");
        Path real = Files.writeString(folder.resolve("real"), "nameserver\t192.0.2.1\n");
        Path missing = folder.resolve("missing");
        assertThat(new HostResolver(List.of(stub, real)).read().orElseThrow()).isEqualTo(Files.readAllBytes(real));
        assertThat(new HostResolver(List.of(real, stub)).read().orElseThrow()).isEqualTo(Files.readAllBytes(real));
        assertThat(new HostResolver(List.of(missing, stub)).read().orElseThrow())
                .isEqualTo(Files.readAllBytes(stub));
        assertThat(new HostResolver(List.of(missing)).read()).isEmpty();
    }
}

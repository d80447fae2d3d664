package io.lxj;

import static org.assertj.core.api.Assertions.assertThat;

import io.lxj.config.Config;
import io.lxj.config.Storage;
import io.lxj.image.SystemTar;
import io.lxj.image.TreeListing;
import io.lxj.testing.LeaksNothing;
import io.lxj.testing.NeedsCommand;
import io.lxj.testing.NeedsRoot;
import io.lxj.testing.NeedsRootfs;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.SortedMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What is made in a folder of a container that has a default access control list has what was said, and not that. */
@NeedsRoot("makes files of other owners, and device nodes")
@NeedsRootfs("alpine")
@NeedsCommand({"tar", "setfacl"})
@LeaksNothing
@Timeout(120)
class DefaultAclTest {
    private static final String GIVING = "setfacl -m d:u::r,d:u:7001:rwx,d:g::-,d:o::-";
    private static final String MAKE = "mkdir -p tree/sub/own tree/was && cd tree && echo text >file && chmod 600 file"
            + " && echo more >sub/more && mkfifo -m 622 pipe && mknod null c 1 3 && ln -s file link"
            + " && setfacl -m u:7002:r file && setfacl -m d:u:7003:rwx sub/own && chmod 2751 sub && chmod 700 was";

    @RegisterExtension
    static final TestLxj host = TestLxj.of("alpine");

    private Path outside;

    @BeforeEach
    void make() throws Exception {
        outside = Files.createTempDirectory("lxj-outside");
        SystemTar.run(outside, "sh", "-ec", MAKE);
    }

    @AfterEach
    void remove() throws Exception {
        TestLxj.remove(outside);
    }

    /** A container whose /srv has a default list, and in it a folder and a file that have lists of their own. */
    private static Container container(Storage storage, boolean running) throws Exception {
        Container container =
                host.start(Config.ofImage("alpine").storage(storage).privileged());
        container.exec(
                "sh", "-c", "mkdir -p /srv/was; echo old >/srv/listed; chown 5:6 /srv/listed; chmod 640 /srv/listed");
        SystemTar.run(
                srv(container),
                "sh",
                "-ec",
                "setfacl -m u:7004:rw listed && setfacl -m u:7004:rwx,d:u:7004:rwx was && " + GIVING + " .");
        if (!running) {
            container.stop();
        }
        return container;
    }

    /** The owners that the host sees are the container's: tar(1) of the host tells what is right. */
    private static Path srv(Container container) {
        return Path.of("/proc/" + container.pid().orElseThrow() + "/root/srv");
    }

    private static SortedMap<String, String> seenIn(Container container) throws Exception {
        if (container.pid().isEmpty()) {
            container.start();
        }
        return TreeListing.of(srv(container));
    }

    @ParameterizedTest
    @CsvSource({"OVERLAY,true", "OVERLAY,false", "COPY,true", "COPY,false"})
    void whatIsWrittenHasItsModeAndNothingElse(Storage storage, boolean running) throws Exception {
        Container container = container(storage, running);
        ContainerFiles files = container.files();
        files.write("/srv/plain", "x");
        files.write("/srv/tool", new byte[0], 0751);
        files.write("/srv/owned", new byte[0], 0600, 1000, 2000);
        files.mkdirs("/srv/made/deep");
        try (OutputStream stream = files.create("/srv/made/stream")) {
            stream.write('x');
        }
        files.push(outside.resolve("tree/sub/more"), "/srv/single/more");

        SortedMap<String, String> seen = seenIn(container);
        assertThat(seen.get("./plain")).startsWith("mode 100644 owner 0:0 ");
        assertThat(seen.get("./tool")).startsWith("mode 100751 ");
        assertThat(seen.get("./owned")).startsWith("mode 100600 owner 1000:2000 ");
        assertThat(seen.get("./made")).startsWith("mode 40755 ");
        assertThat(seen.get("./made/deep")).startsWith("mode 40755 ");
        assertThat(seen.get("./made/stream")).startsWith("mode 100644 ");
        assertThat(seen.get("./single/more")).startsWith("mode 100644 ");
        for (Map.Entry<String, String> file : seen.entrySet()) {
            if (!file.getKey().matches("[.]|[.]/(was|listed)")) {
                assertThat(file.getValue()).as(file.getKey()).doesNotContain("posix_acl");
            }
        }
        assertThat(seen.get(".")).as("the folder's own is left alone").contains("posix_acl_default");
    }

    @ParameterizedTest
    @EnumSource(Storage.class)
    void aFileThatIsReplacedKeepsItsOwnListUnlessItIsGivenAMode(Storage storage) throws Exception {
        Container container = container(storage, true);
        String before = seenIn(container)
                .get("./listed")
                .replaceAll(" mtime.*device", "")
                .replaceAll(" size.*", "");
        assertThat(before).startsWith("mode 100660 owner 5:6").contains("posix_acl_access");
        container.files().write("/srv/listed", "new");
        assertThat(seenIn(container).get("./listed").replaceAll(" mtime.*device", ""))
                .startsWith(before + " size 3");
        container.files().write("/srv/listed", new byte[0], 0640);
        assertThat(seenIn(container).get("./listed"))
                .startsWith("mode 100640 owner 5:6")
                .doesNotContain("posix_acl");
    }

    @ParameterizedTest
    @CsvSource({"OVERLAY,true", "OVERLAY,false", "COPY,true"})
    void anArchiveIsWhatTarMakesOfItThere(Storage storage, boolean running) throws Exception {
        Container container = container(storage, running);
        SystemTar.run(outside.resolve("tree"), "sh", "-ec", "tar --format=posix --acls -cf ../archive.tar *");
        try (InputStream archive = Files.newInputStream(outside.resolve("archive.tar"))) {
            assertThat(container.files().push(archive, "/srv")).isEmpty();
        }
        Path unpacked = Files.createDirectory(outside.resolve("unpacked"));
        SystemTar.run(unpacked, "sh", "-ec", "mkdir was && setfacl -m u:7004:rwx,d:u:7004:rwx was && " + GIVING + " .");
        SystemTar.extract(outside.resolve("archive.tar"), unpacked, "--acls");

        SortedMap<String, String> seen = seenIn(container);
        SortedMap<String, String> expected = TreeListing.of(unpacked);
        seen.remove("./listed");
        seen.remove(".");
        expected.remove(".");
        assertThat(seen).containsExactlyEntriesOf(expected);
        assertThat(seen.get("./file")).contains("posix_acl_access");
        assertThat(seen.get("./sub/own")).contains("posix_acl_default");
        assertThat(seen.get("./sub")).doesNotContain("posix_acl");
    }

    @ParameterizedTest
    @EnumSource(Storage.class)
    void aTreeOfTheHostIsThereAsItWas(Storage storage) throws Exception {
        Container container = container(storage, true);
        assertThat(container.files().push(outside.resolve("tree"), "/srv/tree")).isEmpty();
        assertThat(TreeListing.of(srv(container).resolve("tree")))
                .containsExactlyEntriesOf(TreeListing.of(outside.resolve("tree")));
    }
}

package io.lxj;

import static org.assertj.core.api.Assertions.assertThat;

import io.lxj.config.Config;
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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** All that a file can have goes into containers and comes out of them as with {@code tar --acls --xattrs}. */
@NeedsRoot("makes files of other owners, and device nodes")
@NeedsRootfs("alpine")
@NeedsCommand({"tar", "setfacl", "setfattr", "setcap", "getcap", "mkfifo"})
@LeaksNothing
@Timeout(300)
class FileAttributesTest {
    private static final String[] ALL = {
        "--format=posix", "--acls", "--xattrs", "--xattrs-include=*", "--numeric-owner", "--sparse"
    };
    private static final String MAKE = "mkdir -p tree/a/b tree/c && cd tree"
            + " && echo text >a/file && ln a/file a/b/linked && ln -s ../file a/b/link && ln -P a/b/link c/link"
            + " && mkfifo -m 620 a/pipe && ln a/pipe c/pipe && mknod c/null c 1 3"
            + " && truncate -s 20M a/sparse && echo end >>a/sparse && truncate -s 8M a/hole && echo begin >c/open && truncate -s 5M c/open"
            + " && chown 1234:4321 a/b a/file && chmod 6751 a/file && chmod 3775 a/b"
            + " && setfattr -n user.note -v hello a/file && setfattr -n user.empty a/b"
            + " && setfattr -n trusted.x -v 0xff000a3d a && setfattr -h -n trusted.y -v link a/b/link"
            + " && setfattr -n trusted.z -v pipe a/pipe && setfattr -n security.lxj -v known c"
            + " && setfacl -m u:7001:rwx,g:7002:r a/file && setfacl -m u:7001:rx a/pipe"
            + " && setfacl -m u:7001:rwx,d:u:7002:r,d:o::- a/b && echo x >a/b/heir"
            + " && cp /bin/true c/able && setcap cap_net_raw+ep c/able && ln c/able a/able"
            + " && touch -h -d '2001-02-03 04:05:06.789' a/file a/b/link a/pipe a/b/heir a/b a c .";

    @RegisterExtension
    final TestLxj host = TestLxj.of("alpine");

    private Path outside;

    @BeforeEach
    void open() throws Exception {
        outside = Files.createTempDirectory("lxj-outside");
        SystemTar.run(outside, "sh", "-ec", MAKE);
        SystemTar.create(outside.resolve("tree"), outside.resolve("tree.tar"), ALL);
    }

    @AfterEach
    void close() throws Exception {
        TestLxj.remove(outside);
    }

    /** The owners that the host sees are the container's: tar(1) of the host tells what is right. */
    private Container container(boolean running) {
        Config config = Config.ofImage("alpine").privileged();
        return running ? host.start(config) : host.create(config);
    }

    /** What tar makes of an archive. */
    private SortedMap<String, String> unpacked(String archive, String... options) throws Exception {
        Path folder = Files.createDirectory(outside.resolve(archive + ".unpacked"));
        SystemTar.extract(outside.resolve(archive), folder, options);
        return TreeListing.of(folder);
    }

    private SortedMap<String, String> original() throws Exception {
        return TreeListing.of(outside.resolve("tree"));
    }

    /** What the container's own processes find. */
    private static SortedMap<String, String> inside(Container container, String path) throws Exception {
        if (container.pid().isEmpty()) {
            container.start();
        }
        return TreeListing.of(
                Path.of("/proc/" + container.pid().orElseThrow() + "/root").resolve(path));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void anArchiveOfTarIsWhatTarMakesOfIt(boolean running) throws Exception {
        Container container = container(running);
        try (InputStream archive = Files.newInputStream(outside.resolve("tree.tar"))) {
            assertThat(container.files().push(archive, "/srv/tree")).isEmpty();
        }
        assertThat(inside(container, "srv/tree")).containsExactlyEntriesOf(unpacked("tree.tar", "--acls"));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aTreeOfTheHostIsAsItWas(boolean running) throws Exception {
        Container container = container(running);
        assertThat(container.files().push(outside.resolve("tree"), "/srv/tree")).isEmpty();
        assertThat(inside(container, "srv/tree")).containsExactlyEntriesOf(original());
    }

    @ParameterizedTest
    @CsvSource({"true,--acls", "false,--acls", "false,--no-acls"})
    void tarUnpacksWhatWasPacked(boolean running, String acls) throws Exception {
        Container container = container(running);
        container.files().push(outside.resolve("tree"), "/srv/tree");
        try (OutputStream archive = Files.newOutputStream(outside.resolve("pulled.tar"))) {
            container.files().pull("/srv/tree", archive);
        }
        assertThat(unpacked("pulled.tar", acls)).containsExactlyEntriesOf(original());
        assertThat(Files.size(outside.resolve("pulled.tar")))
                .as("holes are none of it")
                .isLessThan(1 << 20);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theHostGetsAllThatGivesNoPower(boolean running) throws Exception {
        Container container = container(running);
        container.files().push(outside.resolve("tree"), "/srv/tree");
        assertThat(container.files().pull("/srv/tree", outside.resolve("pulled")))
                .isEmpty();
        SystemTar.run(
                outside.resolve("tree"),
                "sh",
                "-ec",
                "rm c/null && chmod ug-s a/file && setcap -r c/able && setfattr -x trusted.x a && setfattr -x trusted.z a/pipe"
                        + " && setfattr -h -x trusted.y a/b/link && setfattr -x security.lxj c"
                        + " && touch -d '2001-02-03 04:05:06.789' a/file c");
        assertThat(TreeListing.of(outside.resolve("pulled"))).containsExactlyEntriesOf(original());
    }

    @Test
    void aSingleFileIsAsItWas() throws Exception {
        Container container = container(true);
        for (String name : new String[] {"a/file", "a/sparse", "c/able"}) {
            assertThat(container.files().push(outside.resolve("tree").resolve(name), "/srv/one/" + name))
                    .isEmpty();
        }
        Map<String, String> inside = inside(container, "srv/one");
        Map<String, String> original = original();
        for (String name : new String[] {"./a/file", "./a/sparse", "./c/able"}) {
            assertThat(alone(inside.get(name))).isEqualTo(alone(original.get(name)));
        }
    }

    private static String alone(String file) {
        return file.replaceAll(" links .* device", " device");
    }
}

package io.lxj.image;

import static org.assertj.core.api.Assertions.assertThat;

import io.lxj.config.ImportOptions;
import io.lxj.storage.OtherJvm;
import io.lxj.testing.LeaksNothing;
import io.lxj.testing.NeedsCommand;
import io.lxj.testing.NeedsRoot;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Trees with all that files can have, packed by tar in each of its dialects: an import is what tar itself unpacks. */
@NeedsRoot("makes files of other owners")
@NeedsCommand({"tar", "setfacl", "setfattr", "setcap"})
@LeaksNothing
class TarDialectsTest {
    /** What even the oldest dialect can tell, names that aren't UTF-8 among it. */
    private static final String PLAIN =
            "mkdir -p tree/etc tree/a/b && cd tree && echo text >a/file && ln a/file a/b/linked"
                    + " && ln -s ../file a/b/link && chmod 6751 a/file && chmod 1777 a/b && chown 1234:4321 a/b a/file"
                    + " && printf x >\"a/$(printf 'n\\377me\\001')\" && mkdir \"$(printf 'f\\303')\" && : >\"$(printf 'f\\303')/empty\""
                    + " && touch -h -d '2001-02-03 04:05:06' a/file a/b/link a/b";

    private static final String NODES = " && mkfifo a/pipe && mknod a/null c 1 3 && mknod a/disk b 8 17";
    /** Longer than the hundred bytes of a header, and than its prefix can take. */
    private static final String LONG = " && long=$(printf 'l%.0s' $(seq 200)) && mkdir -p $long/$long"
            + " && echo x >$long/$long/$long && ln -s /$long/$long a/far && ln $long/$long/$long a/near";

    private static final String SPARSE = " && truncate -s 20M a/sparse && echo end >>a/sparse && truncate -s 8M a/hole";
    private static final String ATTRIBUTES =
            " && setfattr -n user.note -v hello a/file && setfattr -n trusted.x -v 0xff00 a"
                    + " && setfacl -m u:1000:rwx,d:u:1001:r a/b && cp /bin/true a/able && setcap cap_net_raw+ep a/able";

    private TestFolder folder;

    @BeforeEach
    void makeFolder() throws Exception {
        folder = TestFolder.create();
    }

    @AfterEach
    void removeFolder() throws Exception {
        folder.close();
    }

    private Path pack(String script, String... options) throws Exception {
        SystemTar.run(folder.path(), "sh", "-ec", script);
        Path archive = folder.path().resolve("archive.tar");
        SystemTar.create(folder.path().resolve("tree"), archive, options);
        return archive;
    }

    private void unpackBoth(Path archive) throws Exception {
        new ImageImporter(folder.path().resolve("state"))
                .importArchive("image", archive, ImportOptions.defaults(), ImportWatch.none());
        SystemTar.extract(archive, folder.folder("tar"));
    }

    private void areEqual() throws Exception {
        Map<String, String> ours = TreeListing.of(folder.path().resolve("state/images/image/rootfs"));
        assertThat(ours).containsExactlyEntriesOf(TreeListing.of(folder.path().resolve("tar")));
        assertThat(ours).containsKey("./a/n\udcffme\u0001").containsKey("./f\udcc3/empty");
    }

    @ParameterizedTest
    @CsvSource({"v7, ''", "ustar, N", "oldgnu, NLS", "gnu, NLS", "posix, NLSA"})
    void anImportIsWhatTarUnpacks(String format, String with) throws Exception {
        String script = PLAIN
                + (with.contains("N") ? NODES : "")
                + (with.contains("L") ? LONG : "")
                + (with.contains("S") ? SPARSE : "")
                + (with.contains("A") ? ATTRIBUTES : "");
        List<String> options = new ArrayList<>(List.of("--format=" + format));
        if (with.contains("S")) {
            options.add("--sparse");
        }
        if (with.contains("A")) {
            options.addAll(List.of("--xattrs", "--xattrs-include=*"));
        }
        Path archive = pack(script, options.toArray(String[]::new));
        unpackBoth(archive);
        areEqual();
    }

    @ParameterizedTest
    @CsvSource({"0.0", "0.1", "1.0"})
    void eachWayToTellHolesIsUnderstood(String version) throws Exception {
        unpackBoth(pack(PLAIN + SPARSE, "--format=posix", "--sparse", "--sparse-version=" + version));
        areEqual();
        assertThat(Files.size(folder.path().resolve("archive.tar"))).isLessThan(1 << 20);
    }

    @Test
    void theLocaleOfTheJvmDoesNotMatter() throws Exception {
        Path archive = pack(PLAIN + NODES + LONG, "--format=gnu");
        try (OtherJvm other = OtherJvm.startIn(
                Map.of("LC_ALL", "C"), ImportingJvm.class, folder.path().resolve("state"), archive)) {
            assertThat(other.lines()).containsExactly("imported");
        }
        SystemTar.extract(archive, folder.folder("tar"));
        areEqual();
    }
}

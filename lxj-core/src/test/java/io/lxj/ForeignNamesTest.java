package io.lxj;

import static org.assertj.core.api.Assertions.assertThat;

import io.lxj.image.SystemTar;
import io.lxj.image.TreeListing;
import io.lxj.storage.OtherJvm;
import io.lxj.testing.LeaksNothing;
import io.lxj.testing.NeedsContainers;
import io.lxj.testing.NeedsRootfs;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Names are bytes on all ways in and out of a container, whatever the locale. */
@NeedsContainers
@NeedsRootfs("alpine")
@LeaksNothing
@Timeout(60)
class ForeignNamesTest {
    @RegisterExtension
    final TestLxj host = TestLxj.of("alpine");

    @ParameterizedTest
    @ValueSource(strings = {"C", "C.UTF-8"})
    void theLocaleOfTheJvmDoesNotMatter(String locale) throws Exception {
        Path outside = Files.createTempDirectory("lxj-outside");
        try {
            SystemTar.run(
                    outside,
                    "sh",
                    "-ec",
                    "mkdir tree && cd tree && mkdir \"$(printf 'd\\377')\" && echo x >\"$(printf 'd\\377/\\200\\303\\244')\""
                            + " && ln -s \"$(printf '\\351')\" \"$(printf 'l\\303')\" && touch -h -d '2001-02-03 04:05:06' .");
            try (OtherJvm other = OtherJvm.startIn(
                    Map.of("LC_ALL", locale),
                    ForeignNamesJvm.class,
                    host.folder(),
                    outside.resolve("tree"),
                    outside.resolve("pulled"))) {
                assertThat(other.lines()).containsExactlyInAnyOrder("d<dcff>", "l<dcc3>", "<dcfe><00e4>");
                assertThat(other.waitFor()).isZero();
            }
            SystemTar.run(
                    outside,
                    "sh",
                    "-ec",
                    "printf written >\"$(printf 'tree/\\376\\303\\244')\" && touch -d '2001-02-03 04:05:06' */*\"$(printf '\\303\\244')\" tree pulled");
            assertThat(TreeListing.of(outside.resolve("pulled")))
                    .containsExactlyEntriesOf(TreeListing.of(outside.resolve("tree")));
        } finally {
            TestLxj.remove(outside);
        }
    }
}

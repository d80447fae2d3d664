package io.lxj.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class IdPoolTest {
    private static final String ALL = "         0          0 4294967295\n";

    private static IdPool pool(String name, long uid, String subuid, String subgid) {
        return IdPool.of(name, uid, subuid, subgid, ALL, ALL);
    }

    @Test
    void rootWithoutAnEntryHasThePoolBetweenThatOfSystemdAndTheUnusable() {
        IdPool pool = pool("root", 0, "alice:100000:65536\n", "");
        assertThat(pool).hasToString("1879048192 to 2147352575");
        assertThat(pool.firsts()).hasSize(4094).startsWith(1_879_048_192L).endsWith(2_147_287_040L);
    }

    @Test
    void rootWithoutAnEntryHasNothingOfWhatOthersHave() {
        String users = "alice:1879048192:65536\nbob:1879179264:10\nbob:1879179270:65530\n";
        assertThat(pool("root", 0, users, "carol:2147000000:1000000\n"))
                .hasToString("1879113728 to 1879179263, 1879244800 to 2146999999");
    }

    @Test
    void entriesOfTheNameAndOfTheIdCountAndOthersDoNot() {
        String entries = "alice:100000:131072\n# root\nroot:200000:x\nbob:300000:65536\n1000:400000:65536\nalice:::\n";
        assertThat(pool("alice", 1000, entries, entries).firsts()).containsExactly(100_000L, 165_536L, 400_000L);
        assertThat(pool("carol", 1001, entries, entries).firsts()).isEmpty();
        assertThat(pool("carol", 1001, entries, entries)).hasToString("none");
    }

    @Test
    void onlyIdsCountThatAreBothUsersAndGroups() {
        assertThat(pool("root", 0, "root:100000:131072\n", "root:150000:131072\n"))
                .hasToString("150000 to 231071");
        assertThat(pool("root", 0, "root:100000:65536\n", "").firsts()).isEmpty();
    }

    @Test
    void onlyIdsCountThatThisProcessHasItself() {
        String map = "0 1879048192 65536\n";
        assertThat(IdPool.of("root", 0, "", "", map, map).firsts()).isEmpty();
        assertThat(IdPool.of("root", 0, "root:1000:64536", "root:1000:64536", map, map))
                .hasToString("none");
    }

    /** They are root itself, and users of its host. */
    @Test
    void rootGivesNothingOfWhatIsBelowAContainersOwnIds() {
        assertThat(pool("root", 0, "root:0:200000\n", "root:0:200000\n")).hasToString("65536 to 199999");
        assertThat(pool("root", 0, "root:0:65536\n", "root:0:65536\n")).hasToString("none");
    }

    /** The kernel takes no range that is in pieces outside of the namespace. */
    @Test
    void aContainerOfAnOrdinaryUserHasIdsInOnePiece() {
        List<IdPool.Range> users = List.of(
                new IdPool.Range(100_000, 101_000),
                new IdPool.Range(700_000, 900_000),
                new IdPool.Range(500_000, 600_000));
        List<IdPool.Range> groups = List.of(new IdPool.Range(1_000_000, 1_400_000));
        OwnIds ids = new OwnIds(1000, 1000, users, groups);
        assertThat(IdPool.of(ids).firsts()).containsExactly(1_000L, 66_536L, 132_072L, 201_000L);
    }

    @Test
    void rangesThatOverlapAreNotGivenOutTwice() {
        String entries = "root:100000:65536\nroot:100001:131072\n";
        assertThat(pool("root", 0, entries, entries).firsts()).containsExactly(100_000L, 165_536L);
    }
}

package io.lxj.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lxj.error.InvalidConfigException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class IdMapTest {
    private static final IdMap MAP = IdMap.of(100_000, 65_536);

    @Test
    void idsAreTranslatedBothWays() {
        assertThat(MAP.hostUser(0)).hasValue(100_000);
        assertThat(MAP.hostGroup(65_535)).hasValue(165_535);
        assertThat(MAP.hostUser(65_536)).isEmpty();
        assertThat(MAP.containerUser(100_001)).hasValue(1);
        assertThat(MAP.containerGroup(99_999)).isEmpty();
    }

    @Test
    void aSingleIdIsPassedThroughAndTheOthersStay() {
        IdMap map = MAP.user(1000, 1000);
        assertThat(map.users())
                .containsExactly(
                        IdRange.of(0, 100_000, 1000), IdRange.of(1000, 1000, 1), IdRange.of(1001, 101_001, 64_535));
        assertThat(map.groups()).isEqualTo(MAP.groups());
        assertThat(map.user(1000, 1001).hostUser(1000)).hasValue(1001);
        assertThat(MAP.group(0, 7).groups()).startsWith(IdRange.of(0, 7, 1), IdRange.of(1, 100_001, 65_535));
        assertThat(MAP.user(70_000, 5).users()).endsWith(IdRange.of(70_000, 5, 1));
    }

    @Test
    void rangesThatOverlapOnEitherSideAreRefused() {
        assertThatThrownBy(() -> IdMap.of(IdRange.of(0, 100_000, 10), IdRange.of(9, 200_000, 10)))
                .isInstanceOf(InvalidConfigException.class)
                .hasMessageContaining("idMap.users")
                .hasMessageContaining("0-9 as 100000-100009 and 9-18 as 200000-200009")
                .hasMessageContaining("ranges that have no id in the container in common");
        assertThatThrownBy(() -> IdMap.of(IdRange.of(0, 100_000, 10), IdRange.of(10, 100_009, 10)))
                .hasMessageContaining("ranges that have no id on the host in common");
        assertThatThrownBy(() -> MAP.user(1000, 100_001)).hasMessageContaining("on the host in common");
    }

    @Test
    void idsThatDoNotExistAreRefused() {
        assertThat(IdRange.of(0, 4_294_967_294L, 1).count()).isOne();
        assertThatThrownBy(() -> IdRange.of(0, 4_294_967_295L, 1))
                .isInstanceOf(InvalidConfigException.class)
                .hasMessageContaining("idRange.outside")
                .hasMessageContaining("a number from 0 to 4294967294");
        assertThatThrownBy(() -> IdRange.of(0, 4_294_967_294L, 2))
                .hasMessageContaining("idRange.count")
                .hasMessageContaining("a number from 1 to 1,");
        assertThatThrownBy(() -> IdRange.of(-1, 0, 1)).hasMessageContaining("idRange.inside");
        assertThatThrownBy(() -> IdRange.of(0, 0, 0)).hasMessageContaining("idRange.count");
    }

    @Test
    void aContainerNeedsARootAndTheKernelTakesOnlySoManyRanges() {
        assertThatThrownBy(() -> Config.ofImage("a").idMap(IdMap.of(IdRange.of(1, 100_000, 1000))))
                .isInstanceOf(InvalidConfigException.class)
                .hasMessageContaining("ranges of which one begins with 0, because the init runs as root");
        List<IdRange> ranges = new ArrayList<>();
        for (int i = 0; i <= 340; i++) {
            ranges.add(IdRange.of(2L * i, 100_000 + i, 1));
        }
        assertThatThrownBy(() -> new IdMap(ranges, ranges)).hasMessageContaining("1 to 340 ranges");
        List<IdRange> long270 = new ArrayList<>();
        for (int i = 0; i < 270; i++) {
            long270.add(IdRange.of(10_000L + i, 1_000_000_000L + i, 1));
        }
        assertThatThrownBy(() -> new IdMap(long270, long270))
                .hasMessageContaining("ranges that have at most 4095 bytes in a uid_map, not 5130");
        assertThatThrownBy(() -> new IdMap(List.of(), List.of())).hasMessageContaining("1 to 340 ranges");
    }

    @Test
    void aContainerIsPrivilegedOrHasAMap() {
        Config config = Config.ofImage("a");
        assertThat(config.isPrivileged()).isFalse();
        assertThat(config.idMap(MAP).privileged().idMap()).isEmpty();
        assertThat(config.privileged().idMap(MAP).isPrivileged()).isFalse();
        assertThat(config.nesting(3).nesting()).isEqualTo(3);
        assertThat(config.nesting(3).privileged().nesting()).isZero();
        assertThat(config.nesting(3).idMap(MAP).nesting()).isZero();
        assertThat(config.idMap(MAP).nesting(3).idMap()).isEmpty();
        assertThatThrownBy(() -> config.nesting(129)).hasMessageStartingWith("nesting: ");
        String nested = config.idMap(MAP).toJson().replace("\"storage\"", "\"nesting\": 1, \"storage\"");
        assertThatThrownBy(() -> Config.fromJson(nested)).hasMessageContaining("nesting: is set");
        String both = config.idMap(MAP).toJson().replace("\"storage\"", "\"privileged\": true, \"storage\"");
        assertThatThrownBy(() -> Config.fromJson(both))
                .isInstanceOf(InvalidConfigException.class)
                .hasMessageContaining("idMap");
    }

    @Test
    void aWrongNumberInAFileIsNamedWithItsPath() {
        String json = Config.ofImage("a").idMap(MAP).toJson();
        assertThat(Config.fromJson(json).idMap()).contains(MAP);
        assertThatThrownBy(() -> Config.fromJson(json.replaceFirst("65536", "0")))
                .isInstanceOf(InvalidConfigException.class)
                .hasMessageContaining("idMap.users[0].count");
        assertThatThrownBy(() -> Config.fromJson(json.replaceFirst("\"inside\": 0", "\"inside\": 0, \"more\": 1")))
                .hasMessageContaining("idMap.users[0].more");
    }

    @Test
    void itReadsLikeASentence() {
        assertThat(MAP).hasToString("0-65535 as 100000-165535");
        assertThat(IdMap.of(5, 1).group(3, 9)).hasToString("users 0 as 5; groups 0 as 5, 3 as 9");
    }
}

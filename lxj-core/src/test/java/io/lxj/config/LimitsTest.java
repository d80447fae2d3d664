package io.lxj.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lxj.error.InvalidConfigException;
import java.time.Duration;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class LimitsTest {
    private static Arguments limit(UnaryOperator<Limits> change, String file, String value) {
        return Arguments.of(file, value, change.apply(Limits.NONE));
    }

    static Stream<Arguments> everyLimitHasItsFile() {
        ByteSize size = ByteSize.mib(64);
        return Stream.of(
                limit(l -> l.memory(size), "memory.max", "67108864"),
                limit(l -> l.memoryHigh(size), "memory.high", "67108864"),
                limit(l -> l.memoryLow(size), "memory.low", "67108864"),
                limit(l -> l.memoryMin(size), "memory.min", "67108864"),
                limit(l -> l.swap(ByteSize.ZERO), "memory.swap.max", "0"),
                limit(l -> l.zswap(size), "memory.zswap.max", "67108864"),
                limit(l -> l.oomGroup(true), "memory.oom.group", "1"),
                limit(l -> l.cpus(1.5), "cpu.max", "150000 100000"),
                limit(l -> l.cpus(0.1, Duration.ofMillis(20)), "cpu.max", "2000 20000"),
                limit(l -> l.cpuWeight(250), "cpu.weight", "250"),
                limit(l -> l.cpuIdle(true), "cpu.idle", "1"),
                limit(l -> l.cpuset("0-3,8"), "cpuset.cpus", "0-3,8"),
                limit(l -> l.memoryNodes("0"), "cpuset.mems", "0"),
                limit(l -> l.ioWeight(10), "io.weight", "10"),
                limit(l -> l.pids(200), "pids.max", "200"),
                limit(l -> l.hugePages(ByteSize.mib(2), size), "hugetlb.2MB.max", "67108864"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void everyLimitHasItsFile(String file, String value, Limits limits) {
        assertThat(limits.files()).isEqualTo(Map.of(file, value));
        assertThat(Limits.of(limits.files())).isEqualTo(limits);
    }

    @Test
    void theLastValueHolds() {
        Limits limits = Limits.NONE.pids(7).memory(ByteSize.mib(1)).pids(8);
        assertThat(limits.files()).isEqualTo(Map.of("pids.max", "8", "memory.max", "1048576"));
        assertThat(limits.memory()).contains(ByteSize.mib(1));
        assertThat(Limits.NONE.memory()).isEmpty();
        assertThat(Limits.NONE.isEmpty()).isTrue();
        assertThat(limits).isNotEqualTo(Limits.NONE).hasToString("{memory.max=1048576, pids.max=8}");
    }

    @Test
    void whatOthersLimitIsTakenBack() {
        Limits before = Limits.NONE.cpus(1).cpuset("0").memory(ByteSize.mib(1));
        Limits other = Limits.NONE.memoryLow(ByteSize.mib(1));
        assertThat(Limits.NONE.pids(9).memory(ByteSize.mib(2)).insteadOf(before, other))
                .isEqualTo(Map.of(
                        "cpu.max",
                        "max 100000",
                        "cpuset.cpus",
                        "",
                        "memory.max",
                        "2097152",
                        "memory.low",
                        "0",
                        "pids.max",
                        "9"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "pids.max           | 0",
                "pids.max           | 4194305",
                "pids.max           | 07",
                "memory.max         | -1",
                "memory.max         | 9223372036854775808",
                "memory.max         | 1M",
                "memory.oom.group   | 2",
                "cpu.max            | 999 100000",
                "cpu.max            | 1000 999",
                "cpu.max            | 1000 1000001",
                "cpu.max            | 100000",
                "cpu.weight         | 10001",
                "cpuset.cpus        | 0-",
                "cpuset.cpus        | 1,,2",
                "io.weight          | 0",
            })
    void aBadValueIsNamedWithItsFile(String file, String value) {
        assertThatThrownBy(() -> Limits.of(Map.of(file, value)))
                .isInstanceOf(InvalidConfigException.class)
                .hasMessageStartingWith("limits." + file + ": \"" + value + "\" is not allowed; allowed: ");
    }

    @Test
    void anUnknownFileIsRefusedWithTheKnownOnes() {
        assertThatThrownBy(() -> Limits.of(Map.of("cgroup.procs", "1")))
                .isInstanceOf(InvalidConfigException.class)
                .hasMessageContaining("limits.cgroup.procs: unknown key; known are memory.max, memory.high");
    }

    @Test
    void processorsAreAPositiveNumber() {
        for (double bad : new double[] {0, -1, Double.NaN, Double.POSITIVE_INFINITY}) {
            assertThatThrownBy(() -> Limits.NONE.cpus(bad))
                    .isInstanceOf(InvalidConfigException.class)
                    .hasMessageContaining("allowed: a number of processors above 0");
        }
        assertThatThrownBy(() -> Limits.NONE.cpus(0.009)).hasMessageContaining("\"900 100000\" is not allowed");
    }

    @Test
    void limitsThatContradictEachOtherAreRefused() {
        Limits limited = Limits.NONE.memory(ByteSize.mib(1));
        assertThatThrownBy(() -> limited.memoryMin(ByteSize.mib(2)))
                .hasMessageContaining("limits.memory.min: \"2097152\"")
                .hasMessageContaining("memory.max, which is 1048576");
        assertThatThrownBy(() -> limited.memoryLow(ByteSize.mib(2))).hasMessageContaining("limits.memory.low");
        assertThatThrownBy(() -> Limits.NONE.cpuIdle(true).cpuWeight(5)).hasMessageContaining("cpu.idle");
        assertThatThrownBy(() -> Limits.NONE.cpuBurst(Duration.ofMillis(1))).hasMessageContaining("which is max");
        assertThat(Limits.NONE.cpus(1).cpuBurst(Duration.ofMillis(1)).files()).containsEntry("cpu.max.burst", "1000");
    }

    @Test
    void theShortFormsAreLimitsToo() {
        Config config = Config.ofImage("i").memory(ByteSize.mib(512)).cpus(1.5).pids(200);
        assertThat(config.limits())
                .isEqualTo(Limits.NONE.memory(ByteSize.mib(512)).cpus(1.5).pids(200));
        assertThat(config.toJson()).contains("\"memory.max\": \"536870912\"");
    }
}

package io.lxj.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lxj.error.InvalidConfigException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class LimitsTest {
    private static final Path DISK = Path.of("/dev/sda");

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
                limit(l -> l.memory(Percent.of(50)), "memory.max", "50%"),
                limit(l -> l.memoryHigh(Percent.of(12.5)), "memory.high", "12.5%"),
                limit(l -> l.cpus(Percent.of(25)), "cpu.max", "25% 100000"),
                limit(l -> l.ioWeight(10), "io.weight", "10"),
                limit(l -> l.ioWeight(DISK, 30), "io.weight /dev/sda", "30"),
                limit(l -> l.io(IoLimit.on(DISK).readBytes(size)), "io.max /dev/sda", "rbps=67108864"),
                limit(
                        l -> l.io(IoLimit.on(DISK)
                                .writeOperations(7)
                                .readOperations(6)
                                .writeBytes(ByteSize.bytes(5))
                                .readBytes(ByteSize.bytes(4))),
                        "io.max /dev/sda",
                        "rbps=4 wbps=5 riops=6 wiops=7"),
                limit(l -> l.ioLatency(DISK, Duration.ofMillis(20)), "io.latency /dev/sda", "target=20000"),
                limit(l -> l.pids(200), "pids.max", "200"),
                limit(l -> l.rdma("mlx5_0", 2, 0), "rdma.max mlx5_0", "hca_handle=2 hca_object=0"),
                limit(l -> l.misc("sev_es", 0), "misc.max sev_es", "0"),
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
                "cpu.max            | 17592186044416 100000",
                "cpu.max            | 101% 100000",
                "memory.max         | 100.01%",
                "memory.max         | 0%",
                "memory.max         | 0.001%",
                "memory.swap.max    | 50%",
                "cpuset.cpus        | 3-1",
                "cpuset.mems        | 0,",
                "io.max /d          | rbps=0",
                "io.max /d          | wiops=1 rbps=1",
                "io.max /d          | rbps=1 rbps=2",
                "io.max /d          | rbps",
                "io.max /d          | ''",
                "io.weight /d       | 0",
                "io.latency /d      | 5",
                "io.latency /d      | target=0",
                "rdma.max mlx5_0    | hca_handle=2147483648",
                "misc.max sev       | -1",
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

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "io.max              | limits.io.max: doesn't say of what",
                "pids.max /dev/sda   | limits.pids.max /dev/sda: is of something",
                "io.max sda          | limits.io.max: \"sda\" is not allowed; allowed: an absolute path",
                "rdma.max ../x       | limits.rdma.max: \"../x\" is not allowed",
            })
    void aLimitOfSomethingSaysOfWhat(String limit, String message) {
        assertThatThrownBy(() -> Limits.of(Map.of(limit, "1")))
                .isInstanceOf(InvalidConfigException.class)
                .hasMessageStartingWith(message);
    }

    @Test
    void anIoLimitLimitsSomething() {
        assertThatThrownBy(() -> Limits.NONE.io(IoLimit.on(DISK))).hasMessageContaining("one or more of rbps=");
        assertThatThrownBy(() -> IoLimit.on(DISK).readBytes(ByteSize.ZERO))
                .isInstanceOf(InvalidConfigException.class)
                .hasMessageContaining("limits.io.max: \"0\"");
        assertThatThrownBy(() -> IoLimit.on(DISK).writeOperations(1L << 32)).hasMessageContaining("to 4294967295");
    }

    @Test
    void aPercentageIsAtMostAHundred() {
        for (double bad : new double[] {0, -1, 100.01, 0.001, Double.NaN}) {
            assertThatThrownBy(() -> Percent.of(bad))
                    .isInstanceOf(InvalidConfigException.class)
                    .hasMessageContaining("allowed: a percentage above 0, at most 100");
        }
        assertThat(Percent.of(100)).hasToString("100%").isEqualTo(Percent.parse("100.00%"));
        assertThat(Percent.of(12.5).share(1001)).isEqualTo(125);
    }

    @Test
    void whatMayBeDroppedIsWhatWasSetBefore() {
        Config config = Config.ofImage("i")
                .memory(Percent.of(50))
                .cpus(2)
                .ifSupported()
                .pids(9)
                .cpus(1.5);
        assertThat(config.limits().optional()).containsExactly("memory.max");
        assertThat(config.limits().memory()).isEmpty();
        assertThat(Config.fromJson(config.toJson())).isEqualTo(config);
        assertThat(config.toJson())
                .containsSubsequence("\"cpu.max\": \"150000", "\"ifSupported\": {", "\"memory.max\": \"50%\"");
        assertThat(config).isNotEqualTo(config.ifSupported());
        assertThat(config.ifSupported().limits().without(List.of("memory.max")).optional())
                .containsExactly("cpu.max", "pids.max");
    }

    @Test
    void aLimitStandsInJsonOnce() {
        String twice = "{\"format\": 1, \"image\": \"i\","
                + " \"limits\": {\"pids.max\": \"1\", \"ifSupported\": {\"pids.max\": \"2\"}}}";
        assertThatThrownBy(() -> Config.fromJson(twice))
                .isInstanceOf(InvalidConfigException.class)
                .hasMessageContaining("limits.pids.max: is there twice");
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
        assertThatThrownBy(() -> Limits.NONE.memory(Percent.of(10)).memoryMin(Percent.of(11)))
                .hasMessageContaining("limits.memory.min: \"11%\"");
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

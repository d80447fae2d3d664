package io.lxj;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lxj.config.ByteSize;
import io.lxj.config.Config;
import io.lxj.config.ContainerEvent.OomKill;
import io.lxj.config.ContainerEvent.Victim;
import io.lxj.config.ExecResult;
import io.lxj.config.ExitStatus;
import io.lxj.config.IoLimit;
import io.lxj.config.Limits;
import io.lxj.config.OnExit;
import io.lxj.config.Percent;
import io.lxj.config.Signal;
import io.lxj.config.State;
import io.lxj.error.InvalidConfigException;
import io.lxj.error.LxjException;
import io.lxj.storage.OtherJvm;
import io.lxj.testing.LeaksNothing;
import io.lxj.testing.TestRootfs;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Limits as processes meet them, on a host whose controllers all belong to cgroup v2. */
@EnabledIfEnvironmentVariable(named = "LXJ_MACHINE", matches = "1", disabledReason = "it is for .ci/vm")
@LeaksNothing
@Timeout(900)
class LimitsMachineTest {
    private static final Config SLEEPER = Config.ofImage("busybox").init("/bin/sleep", "1000000");
    private static final String EAT = "dd if=/dev/zero of=/dev/null bs=40M count=1";
    // Later kernels need no swap for pages that are zero.
    private static final String EAT_NOISE = "dd if=/dev/urandom of=/dev/null bs=32M count=1 iflag=fullblock";
    private static final int KILLED = 137;

    @RegisterExtension
    static final TestLxj host = TestLxj.of("busybox");

    private static ExecResult run(Container container, String script) {
        return container.exec("sh", "-c", "exec 2>&1; " + script);
    }

    private static long stat(Container container, String name) {
        return CgroupFiles.read(container, "cpu.stat", name);
    }

    private static long difference(String before, String after, String name) {
        return CgroupFiles.number(after, name) - CgroupFiles.number(before, name);
    }

    @Test
    void everyLimitIsInItsFileAndIsTakenBack() throws Exception {
        Limits all = Limits.NONE
                .memory(ByteSize.mib(64))
                .memoryHigh(ByteSize.mib(60))
                .memoryLow(ByteSize.mib(8))
                .memoryMin(ByteSize.mib(4))
                .swap(ByteSize.mib(16))
                .zswap(ByteSize.mib(12))
                .oomGroup(true)
                .cpus(1.5)
                .cpuBurst(Duration.ofMillis(10))
                .cpuWeight(250)
                .cpuset("1")
                .memoryNodes("0")
                .io(IoLimit.on(Path.of("/dev/vda")).readBytes(ByteSize.gib(1)).writeOperations(100_000))
                .ioWeight(40)
                .pids(200)
                .hugePages(ByteSize.mib(2), ByteSize.mib(64));
        Map<String, String> limited = new TreeMap<>(all.files());
        limited.remove("io.max /dev/vda");
        limited.put(
                "io.max",
                Files.readString(Path.of("/sys/block/vda/dev")).strip() + " rbps=" + (1 << 30)
                        + " wbps=max riops=max wiops=100000");
        limited.put("io.weight", "default 40");
        Map<String, String> free = new TreeMap<>(limited);
        free.replaceAll((file, value) -> "max");
        free.putAll(Map.of("memory.low", "0", "memory.min", "0", "memory.oom.group", "0", "cpu.max.burst", "0"));
        free.putAll(Map.of("cpu.max", "max 100000", "cpu.weight", "100", "io.max", "", "io.weight", "default 100"));
        // Where there are processes, the kernel takes no "all": they are named.
        free.putAll(Map.of("cpuset.cpus", "0-1", "cpuset.mems", "0"));
        Container container = host.start(SLEEPER.limits(all));
        assertThat(contents(container, limited)).isEqualTo(limited);
        container.update(Limits.NONE);
        assertThat(contents(container, limited)).isEqualTo(free);
        container.update(all);
        assertThat(contents(container, limited)).isEqualTo(limited);
    }

    private static Map<String, String> contents(Container container, Map<String, String> files) {
        Map<String, String> contents = new TreeMap<>();
        files.keySet().forEach(file -> contents.put(file, CgroupFiles.read(container, file)));
        return contents;
    }

    @Test
    void whoeverTakesTooMuchMemoryIsKilled() {
        Config limited = SLEEPER.limits(Limits.NONE.memory(ByteSize.mib(20)).swap(ByteSize.ZERO));
        Container container = host.start(limited);
        assertThat(run(container, EAT).exitCode()).isEqualTo(KILLED);
        assertThat(CgroupFiles.read(container, "memory.events", "oom_kill")).isEqualTo(1);
        assertThat(container.state()).isEqualTo(State.RUNNING);
        container.update(Limits.NONE.memory(ByteSize.mib(64)));
        assertThat(run(container, EAT).exitCode()).isZero();
        assertThat(run(container, "cat /sys/fs/cgroup/memory.max").stdout()).isEqualTo((64L << 20) + "\n");
    }

    @Test
    void memoryIsTakenFromWhoHasIt() throws Exception {
        Container container =
                host.start(SLEEPER.limits(Limits.NONE.memory(ByteSize.mib(96)).swap(ByteSize.ZERO)));
        // It keeps the last of what it reads, until there is no more.
        ContainerProcess keeper = container.process(
                "sh", "-c", "{ dd if=/dev/zero bs=1M count=32; sleep 1000000; } 2>/dev/null | tail -c 33554432");
        while (Long.parseLong(CgroupFiles.read(container, "memory.current")) < 32 << 20) {
            Thread.sleep(20);
        }
        container.update(Limits.NONE.memory(ByteSize.mib(64)).swap(ByteSize.ZERO));
        assertThat(CgroupFiles.read(container, "memory.events", "oom_kill")).isZero();
        Heard heard = new Heard();
        container.addEventListener(heard);
        container.update(Limits.NONE.memory(ByteSize.mib(16)).swap(ByteSize.ZERO));
        assertThat(heard.nextOf(OomKill.class).victims())
                .extracting(Victim::name)
                .contains("tail");
        keeper.destroyForcibly();
    }

    @Test
    void withAGroupAllAreKilled() {
        Limits limits = Limits.NONE.memory(ByteSize.mib(20)).swap(ByteSize.ZERO).oomGroup(true);
        Container container = host.start(SLEEPER.limits(limits));
        container.exec("sh", "-c", EAT);
        ExitStatus exit = container.onExit().join();
        assertThat(exit).isEqualTo(ExitStatus.outOfMemory());
    }

    @Test
    void anInitThatTakesTooMuchMemoryIsWhyTheContainerEnds() {
        Limits limits = Limits.NONE.memory(ByteSize.mib(20)).swap(ByteSize.ZERO);
        for (OnExit fate : OnExit.values()) {
            Container container = host.start(Config.ofImage("busybox")
                    .init("/bin/sh", "-c", "exec " + EAT)
                    .limits(limits)
                    .onExit(fate));
            assertThat(container.onExit().join()).isEqualTo(ExitStatus.outOfMemory());
            assertThat(container.lastExit()).contains(ExitStatus.outOfMemory());
        }
    }

    @Test
    void anInitThatIsKilledByACallerIsNotKilledForMemory() {
        Limits limits = Limits.NONE.memory(ByteSize.mib(20)).swap(ByteSize.ZERO);
        Container container = host.start(SLEEPER.limits(limits));
        assertThat(container.exec("sh", "-c", EAT).exitCode()).isEqualTo(KILLED);
        CompletableFuture<ExitStatus> exit = container.onExit();
        container.kill(Signal.SIGKILL);
        assertThat(exit.join()).isEqualTo(ExitStatus.signaled(Signal.SIGKILL));
    }

    @Test
    void aContainerThatIsTooSmallToStartLeavesTheJvmAlone() {
        Container container =
                host.create(Config.ofImage("busybox").init("/bin/true").memory(ByteSize.kib(512)));
        // It's a matter of pages: one kernel has room for the program, the next for nothing.
        try {
            container.start();
            assertThat(container.onExit().join()).isIn(ExitStatus.exited(0), ExitStatus.outOfMemory());
        } catch (LxjException e) {
            assertThat(e).hasMessageContaining("its init was killed before it could begin");
        }
        container.configure(container.config().memory(ByteSize.mib(20)));
        container.start();
        assertThat(container.onExit().join()).isEqualTo(ExitStatus.exited(0));
    }

    @Test
    void aForkBombIsContained() {
        Container container = host.start(SLEEPER.pids(20));
        String bomb = "i=0; while [ $i -lt 60 ]; do sleep 1000 & i=$((i + 1)); done; echo all";
        assertThat(run(container, bomb).stdout()).contains("fork");
        // Before Linux 6.11 it is counted where the process is, then where the limit is.
        assertThat(CgroupFiles.read(container, "pids.events", "max")
                        + CgroupFiles.read(container, "payload/pids.events", "max"))
                .isPositive();
        assertThat(Long.parseLong(CgroupFiles.read(container, "pids.current"))).isLessThanOrEqualTo(20);
    }

    /**
     * That a kernel enforces quotas has nothing to do with the architecture. On an emulated arm64 this once waited in vain for
     * it to throttle, and didn't when that was booted again.
     */
    @Test
    @Tag("x86")
    void processorTimeIsLimitedToTheQuota() throws Exception {
        Container container = host.start(SLEEPER.cpus(0.25));
        ContainerProcess burner = container.process("sh", "-c", "while :; do :; done");
        double share;
        int windows = 0;
        do {
            String before = CgroupFiles.read(container, "cpu.stat");
            while (stat(container, "nr_throttled") < CgroupFiles.number(before, "nr_throttled") + 40) {
                Thread.sleep(50);
            }
            String after = CgroupFiles.read(container, "cpu.stat");
            double spent = difference(before, after, "usage_usec");
            assertThat(spent).isLessThan(difference(before, after, "nr_periods") * 25_000 * 1.05);
            // In a period in which it was throttled it got all. But a timer that was late, as they are where the whole
            // machine has to wait for a processor, counts several such periods for one quota: then once more.
            share = spent / (difference(before, after, "nr_throttled") * 25_000);
        } while (share < 0.95 && ++windows < 10);
        assertThat(share).isGreaterThan(0.95);
        burner.destroyForcibly();
    }

    @Test
    void theProcessorsThatAreChosenAreTheOnesSeenInside() {
        Container container = host.start(SLEEPER.limits(Limits.NONE.cpuset("1")));
        assertThat(run(container, "nproc").stdout()).isEqualTo("1\n");
        container.update(Limits.NONE);
        assertThat(run(container, "nproc").stdout()).isEqualTo("2\n");
        assertThatThrownBy(() -> container.update(Limits.NONE.cpuset("0,7")))
                .isInstanceOf(InvalidConfigException.class)
                .hasMessageContaining("limits.cpuset.cpus: \"0,7\" is not allowed; allowed: what this host has: 0-1");
    }

    @Test
    void limitsHoldAfterAReboot() {
        Container container = host.start(
                Config.ofImage("busybox").cpus(1.5).memory(ByteSize.mib(128)).pids(50));
        container.awaitReady(Duration.ofSeconds(60));
        container.reboot();
        assertThat(container.awaitState(State.RUNNING, TestLxj.LONG)).isTrue();
        assertThat(run(container, "cd /sys/fs/cgroup; cat cpu.max memory.max").stdout())
                .isEqualTo("150000 100000\n" + (128L << 20) + "\n");
        assertThat(CgroupFiles.read(container, "pids.max")).isEqualTo("50");
    }

    @Test
    void whoeverNeedsMoreThanIsHighIsSlowedDownButNotKilled() {
        Container container = host.start(SLEEPER.limits(Limits.NONE.memoryHigh(ByteSize.mib(24))));
        String write = "dd if=/dev/zero of=/file bs=1M count=64";
        assertThat(run(container, write).exitCode()).isZero();
        assertThat(CgroupFiles.read(container, "memory.events", "high")).isPositive();
        assertThat(CgroupFiles.read(container, "memory.events", "oom_kill")).isZero();
        // It is reclaimed when a process goes back to its program: a little more than that can be there.
        assertThat(Long.parseLong(CgroupFiles.read(container, "memory.current")))
                .isLessThan(ByteSize.mib(32).bytes());
        container.update(Limits.NONE);
        assertThat(run(container, write).exitCode()).isZero();
        assertThat(Long.parseLong(CgroupFiles.read(container, "memory.current")))
                .isGreaterThan(ByteSize.mib(48).bytes());
    }

    @Test
    void whatDoesNotFitIntoMemoryIsSwappedAsFarAsThatIsAllowed() throws Exception {
        Path swap = Files.createTempFile("lxj-test", "swap");
        try {
            Programs.run("dd", "if=/dev/zero", "of=" + swap, "bs=1M", "count=48");
            Programs.run("mkswap", swap.toString());
            Programs.run("swapon", swap.toString());
            Limits small = Limits.NONE.memory(ByteSize.mib(16));
            Container container = host.start(SLEEPER.limits(small.swap(ByteSize.mib(4))));
            assertThat(run(container, EAT_NOISE).exitCode()).isEqualTo(KILLED);
            container.update(small.swap(ByteSize.mib(40)));
            assertThat(run(container, EAT_NOISE).exitCode()).isZero();
            assertThat(CgroupFiles.read(container, "memory.events", "oom_kill")).isEqualTo(1);
        } finally {
            Programs.run("swapoff", swap.toString());
            Files.delete(swap);
        }
    }

    @Test
    void processorTimeIsSharedByWeight() throws Exception {
        Limits one = Limits.NONE.cpuset("1");
        Container light = host.start(SLEEPER.limits(one.cpuWeight(100)));
        Container heavy = host.start(SLEEPER.limits(one.cpuWeight(300)));
        for (Container container : List.of(light, heavy)) {
            container.process("sh", "-c", "while :; do :; done");
        }
        assertThat(ratio(heavy, light, Duration.ofSeconds(4))).isBetween(2.7, 3.3);
        light.update(one.cpuWeight(300));
        assertThat(ratio(heavy, light, Duration.ofSeconds(4))).isBetween(0.9, 1.1);
        // From a weight to none at all, and back.
        light.update(one.cpuIdle(true));
        assertThat(ratio(heavy, light, Duration.ofSeconds(1))).isGreaterThan(20);
        assertThat(CgroupFiles.read(light, "cpu.idle")).isEqualTo("1");
        light.update(one.cpuWeight(50));
        assertThat(CgroupFiles.read(light, "cpu.idle")).isEqualTo("0");
        assertThat(CgroupFiles.read(light, "cpu.weight")).isEqualTo("50");
    }

    /**
     * How much more processor time one gets than the other, over so much of it for both that the kernel, which gives it out
     * in turns, has evened them out.
     */
    private static double ratio(Container one, Container other, Duration both) throws InterruptedException {
        double[] before = used(one, other);
        double[] after;
        do {
            Thread.sleep(100);
            after = used(one, other);
        } while (after[0] - before[0] + after[1] - before[1] < both.toNanos() / 1000.0);
        return (after[0] - before[0]) / Math.max(1, after[1] - before[1]);
    }

    /** What both have used at one moment: one is read before and after the other, as both go on meanwhile. */
    private static double[] used(Container one, Container other) {
        long first = stat(one, "usage_usec");
        long second = stat(other, "usage_usec");
        return new double[] {(first + stat(one, "usage_usec")) / 2.0, second};
    }

    /** Needs a kernel that throttles, as above. */
    @Test
    @Tag("x86")
    void aRunningContainerGetsOtherLimitsAtOnce() throws Exception {
        Container container = host.start(SLEEPER.pids(4));
        ContainerProcess forker = container.process("sh", "-c", "while :; do sleep 0.01 & wait; done 2>/dev/null");
        container.update(Limits.NONE.pids(100).cpus(0.1).cpuBurst(Duration.ofMillis(5)));
        assertThat(CgroupFiles.read(container, "pids.max")).isEqualTo("100");
        assertThat(CgroupFiles.read(container, "cpu.max.burst")).isEqualTo("5000");
        long throttled = stat(container, "nr_throttled");
        while (stat(container, "nr_throttled") < throttled + 3) {
            Thread.sleep(50);
        }
        // A quota that is less than what could be saved up before.
        container.update(Limits.NONE.cpus(0.03));
        assertThat(CgroupFiles.read(container, "cpu.max")).isEqualTo("3000 100000");
        container.update(Limits.NONE);
        assertThat(List.of("pids.max", "cpu.max", "cpu.max.burst"))
                .map(file -> CgroupFiles.read(container, file))
                .containsExactly("max", "max 100000", "0");
        assertThat(run(container, "cat /sys/fs/cgroup/cpu.max").stdout()).isEqualTo("max 100000\n");
        forker.destroyForcibly();
    }

    @Test
    void sharesAreOfWhatTheHostHas() throws Exception {
        Container container = host.start(SLEEPER.limits(
                Limits.NONE.memory(Percent.of(50)).memoryLow(Percent.of(10)).cpus(Percent.of(25))));
        long all = Files.readAllLines(Path.of("/proc/meminfo")).stream()
                .filter(line -> line.startsWith("MemTotal:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024)
                .findFirst()
                .orElseThrow();
        assertThat(Long.parseLong(CgroupFiles.read(container, "memory.max"))).isEqualTo(all / 2 / 4096 * 4096);
        assertThat(CgroupFiles.read(container, "cpu.max")).isEqualTo("50000 100000");
        assertThat(container.config().limits().files()).containsEntry("memory.max", "50%");
        Limits contradiction = Limits.NONE.memory(Percent.of(1)).memoryMin(ByteSize.gib(1));
        assertThatThrownBy(() -> container.update(contradiction))
                .isInstanceOf(InvalidConfigException.class)
                .hasMessageContaining("limits.memory.min: \"1073741824\"");
        assertThat(CgroupFiles.read(container, "cpu.max")).isEqualTo("50000 100000");
    }

    /** Of one that the kernel makes of an interface. */
    @Test
    void anRdmaDeviceGivesAsMuchAsItMay() throws Exception {
        Programs.run("modprobe", "rdma_rxe");
        Programs.run("rdma", "link", "add", "lxj0", "type", "rxe", "netdev", "lo");
        try {
            Container container = host.start(SLEEPER.limits(Limits.NONE.rdma("lxj0", 2, 5)));
            assertThat(CgroupFiles.read(container, "rdma.max")).isEqualTo("lxj0 hca_handle=2 hca_object=5");
            container.update(Limits.NONE.rdma("lxj0", 3, 0));
            assertThat(CgroupFiles.read(container, "rdma.max")).isEqualTo("lxj0 hca_handle=3 hca_object=0");
            assertThatThrownBy(() -> container.update(Limits.NONE.rdma("lxj1", 1, 1)))
                    .isInstanceOf(InvalidConfigException.class)
                    .hasMessageContaining("limits.rdma.max: \"lxj1\" is not allowed; allowed: lxj0");
            container.update(Limits.NONE);
            assertThat(CgroupFiles.read(container, "rdma.max")).isEqualTo("lxj0 hca_handle=max hca_object=max");
        } finally {
            Programs.run("rdma", "link", "delete", "lxj0");
        }
    }

    @Test
    void whatThisHostHasNoneOfIsNamed() {
        assertThatThrownBy(() -> host.create(SLEEPER.limits(Limits.NONE.rdma("mlx5_0", 1, 1))))
                .isInstanceOf(InvalidConfigException.class)
                .hasMessageContaining(
                        "limits.rdma.max: \"mlx5_0\" is not allowed; allowed: nothing, as this host has none");
        assertThatThrownBy(() -> host.create(SLEEPER.limits(Limits.NONE.misc("sev", 1))))
                .isInstanceOf(InvalidConfigException.class)
                .hasMessageContaining("limits.misc.max: \"sev\" is not allowed");
    }

    @Test
    @Tag("newest-only")
    void anotherJvmThatTakesAContainerOverFindsItsLimits() throws Exception {
        Path folder = Files.createTempDirectory("lxj-test");
        try (OtherJvm first = OtherJvm.start(
                ScriptedJvm.class,
                TestRootfs.find("busybox"),
                folder,
                "keep:kept",
                "limits:kept",
                "start:kept",
                "crash:now")) {
            assertThat(first.waitFor()).isZero();
            try (Lxj second = Lxj.open(folder)) {
                Container kept = second.containers().get("kept");
                assertThat(kept.state()).isEqualTo(State.RUNNING);
                assertThat(kept.config().limits()).isEqualTo(ScriptedJvm.LIMITS);
                ScriptedJvm.LIMITS.files().forEach((file, value) -> assertThat(CgroupFiles.read(kept, file))
                        .isEqualTo(value));
                assertThat(run(kept, EAT).exitCode()).isEqualTo(KILLED);
                // For the next start: this run has others.
                kept.configure(kept.config().limits(Limits.NONE));
            }
            try (Lxj third = Lxj.open(folder)) {
                Container kept = third.containers().get("kept");
                assertThat(CgroupFiles.read(kept, "pids.max")).isEqualTo("8");
                kept.update(Limits.NONE.memory(ByteSize.mib(64)));
                assertThat(CgroupFiles.read(kept, "pids.max")).isEqualTo("max");
                assertThat(CgroupFiles.read(kept, "cpu.max")).isEqualTo("max 100000");
                assertThat(CgroupFiles.read(kept, "memory.max")).isEqualTo(Long.toString(64 << 20));
                assertThat(run(kept, EAT).exitCode()).isZero();
                kept.stop();
                kept.destroy();
            }
        } finally {
            TestLxj.remove(folder);
        }
    }

    @Test
    @Tag("oldest-only")
    void aHundredContainersWithLimitsLeaveNoCgroup() throws Exception {
        Limits limits = Limits.NONE
                .memory(ByteSize.mib(16))
                .cpus(0.5)
                .pids(10)
                .cpuset("0")
                .io(IoLimit.on(Path.of("/dev/vda")).writeOperations(500));
        List<Container> all = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            all.add(host.start(SLEEPER.limits(limits)));
        }
        Path cgroups = CgroupFiles.of(all.get(0)).getParent();
        assertThat(cgroups.toFile().listFiles(File::isDirectory)).hasSize(100);
        for (Container container : all) {
            container.stop();
            container.destroy();
        }
        assertThat(cgroups).doesNotExist();
    }
}

package io.lxj.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lxj.testing.LeaksNothing;
import io.lxj.testing.NeedsRoot;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@LeaksNothing
class DeviceFilterTest {
    private static final String NAME =
            "lxj-test-devices-" + ProcessHandle.current().pid();

    private static DeviceFilter filter(String... rules) {
        return DeviceFilter.of(Stream.of(rules).map(DeviceRule::parse).toList());
    }

    /** Runs a program as the kernel would. */
    private static boolean allows(DeviceFilter filter, int type, int major, int minor, int access) {
        long[] registers = new long[11];
        int[] context = {access << 16 | type, major, minor};
        int at = 0;
        while (true) {
            BpfInstruction i = filter.program().get(at++);
            switch (i.code()) {
                case BpfInstruction.LOAD_WORD -> registers[i.destination()] = context[i.offset() / 4] & 0xFFFFFFFFL;
                case BpfInstruction.MOVE -> registers[i.destination()] = i.immediate();
                case BpfInstruction.MOVE_REGISTER -> registers[i.destination()] = registers[i.source()];
                case BpfInstruction.AND -> registers[i.destination()] &= i.immediate();
                case BpfInstruction.SHIFT_RIGHT -> registers[i.destination()] >>>= i.immediate();
                case BpfInstruction.JUMP_IF_NOT -> at += registers[i.destination()] != i.immediate() ? i.offset() : 0;
                case BpfInstruction.EXIT -> {
                    return registers[0] == 1;
                }
                default -> throw new AssertionError(i);
            }
        }
    }

    private static boolean expected(DeviceFilter filter, int type, int major, int minor, int access) {
        return filter.rules().stream()
                .anyMatch(rule -> (rule.type() == DeviceRule.Type.ANY || rule.type().number == type)
                        && rule.major().orElse(major) == major
                        && rule.minor().orElse(minor) == minor
                        && (access & ~rule.access()) == 0);
    }

    @Test
    void theProgramAllowsWhatARuleAllowsAndNothingElse() {
        List<DeviceFilter> filters = List.of(
                filter(),
                filter("a *:* rwm"),
                filter("c 1:3 rwm"),
                filter("c 1:3 r", "c 1:3 w", "b 8:* rm", "c *:5 m"),
                filter("b *:* m", "c *:* m", "c 1:3 rwm", "c 1:5 rw", "a 5:2 rw", "c 136:* rwm"),
                filter("c 1:3 rw", "a *:* rwm", "b 8:0 r"));
        for (DeviceFilter filter : filters) {
            for (int type = 1; type <= 2; type++) {
                for (int major : new int[] {0, 1, 5, 8, 136}) {
                    for (int minor : new int[] {0, 2, 3, 5}) {
                        for (int access = 1; access <= 7; access++) {
                            assertThat(allows(filter, type, major, minor, access))
                                    .as("%s: type %d, %d:%d, access %d", filter, type, major, minor, access)
                                    .isEqualTo(expected(filter, type, major, minor, access));
                        }
                    }
                }
            }
        }
    }

    @Test
    void theProgramCanBeRead() {
        assertThat(filter("c 1:3 rw").disassembly().lines())
                .containsExactly(
                        "  0: r2 = *(u32 *)(r1 +0)",
                        "  1: r3 = r2",
                        "  2: r2 &= 65535",
                        "  3: r3 >>= 16",
                        "  4: r4 = *(u32 *)(r1 +4)",
                        "  5: r5 = *(u32 *)(r1 +8)",
                        "  6: if r2 != 0x2 goto pc+7",
                        "  7: r6 = r3",
                        "  8: r6 &= -7",
                        "  9: if r6 != 0x0 goto pc+4",
                        " 10: if r4 != 0x1 goto pc+3",
                        " 11: if r5 != 0x3 goto pc+2",
                        " 12: r0 = 1",
                        " 13: exit",
                        " 14: r0 = 0",
                        " 15: exit");
    }

    @ParameterizedTest
    @ValueSource(strings = {"c 1:3 rwm", "a *:* r", "b 8:* wm", "c *:1048575 m", "c 4095:0 w"})
    void rulesReadBackAsTheyWereWritten(String text) {
        assertThat(DeviceRule.parse(text)).hasToString(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "c", "c 1:3", "d 1:3 r", "c 1 r", "c 1:3 x", "c -1:3 r", "c 4096:0 r", "c 0:1048576 r"})
    void refusesWhatIsNoRule(String text) {
        assertThatThrownBy(() -> DeviceRule.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    @NeedsRoot("attaches a device filter")
    void processesOfTheCgroupGetAtNothingElse() throws Exception {
        try (ProcFs proc = ProcFs.open(Path.of("/proc"));
                Cgroup root =
                        CgroupMount.find(MountInfo.own(proc)).orElseThrow().open()) {
            try (Cgroup cgroup = root.create(NAME);
                    Cgroup below = cgroup.create("below")) {
                filter("c 1:3 rwm", "c *:* m").attach(cgroup);
                assertThat(canRead(below, "/dev/null")).isTrue();
                assertThat(canRead(below, "/dev/zero")).isFalse();
                assertThat(canRead(below, "/dev/urandom")).isFalse();
                filter("c 1:5 r").attach(cgroup);
                assertThat(canRead(below, "/dev/null"))
                        .as("after the filter was replaced")
                        .isFalse();
                assertThat(canRead(below, "/dev/zero")).isTrue();
                filter("a *:* rwm").attach(cgroup);
                assertThat(canRead(below, "/dev/urandom")).isTrue();
                filter().attach(cgroup);
                assertThat(canRead(below, "/dev/null")).isFalse();
            } finally {
                root.remove(NAME);
            }
        }
    }

    private static boolean canRead(Cgroup cgroup, String device) throws Exception {
        try (Pipe go = Pipe.open();
                Shell shell = Shell.start("read go <&3; exec 4<" + device, go.reader())) {
            cgroup.add(shell.pid());
            go.writer().write(new byte[] {'\n'});
            return shell.waitFor().raw() == 0;
        }
    }

    @Test
    @NeedsRoot("loads a device filter")
    void whatTheVerifierRefusesComesWithItsLog() {
        List<BpfInstruction> program = List.of(BpfInstruction.moveRegister(0, 7), BpfInstruction.exit());
        assertThatThrownBy(() -> BpfDevices.load(program))
                .hasMessageContaining("EACCES")
                .hasMessageContaining("R7 !read_ok");
    }
}

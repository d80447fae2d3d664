package io.lxj;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.lxj.config.Command;
import io.lxj.config.Config;
import io.lxj.config.ExecResult;
import io.lxj.config.SeccompAction;
import io.lxj.config.SeccompArchitecture;
import io.lxj.config.SeccompArgument;
import io.lxj.config.SeccompProfile;
import io.lxj.config.SeccompRule;
import io.lxj.config.Security;
import io.lxj.config.User;
import io.lxj.error.InvalidConfigException;
import io.lxj.linux.Architecture;
import io.lxj.linux.SyscallAbi;
import io.lxj.linux.SyscallNumbers;
import io.lxj.testing.Caller;
import io.lxj.testing.LeaksNothing;
import io.lxj.testing.NeedsCommand;
import io.lxj.testing.NeedsContainers;
import io.lxj.testing.NeedsRoot;
import io.lxj.testing.NeedsRootfs;
import io.lxj.testing.RawCalls;
import io.lxj.testing.RawCalls.Call;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What containers can't do because of their filter of system calls, seen with real calls of real processes in them. */
@NeedsContainers
@NeedsRootfs("alpine")
@LeaksNothing
@Timeout(120)
class SeccompTest {
    @RegisterExtension
    static final TestLxj host = TestLxj.of("alpine");

    private static final int MARK = 3000;
    private static final int SOCKETCALL_OF_I386 = 102;
    private static final int INIT_MODULE_OF_I386 = 128;
    private static final long EPERM = -1;
    private static final long EFAULT = -14;
    private static final long ENOSYS = -38;

    @TempDir
    private Path folder;

    /** Without a user namespace, because some rules hold only there; an ordinary user's always have one. */
    private static Container start(SeccompProfile profile) {
        return start(profile, !Caller.isRoot());
    }

    private static Container start(SeccompProfile profile, boolean userNamespace) {
        Config config =
                Config.ofImage("alpine").init("/bin/sleep", "1000000").security(Security.DEFAULT.seccomp(profile));
        return host.start(userNamespace ? config : config.privileged());
    }

    private List<Long> calls(Container container, List<Call> calls) throws IOException {
        RawCalls raw = new RawCalls(new byte[0], calls);
        ExecResult result = make(container, raw);
        assertThat(result.exitCode()).as(result.stderr()).isZero();
        return raw.results(container.files().read("/file"));
    }

    private ExecResult make(Container container, RawCalls raw) throws IOException {
        assumeTrue(Architecture.current() == Architecture.X86_64, "the program that makes the calls is for x86-64");
        Path program = folder.resolve("calls");
        if (!Files.exists(program)) {
            RawCalls.build(program);
        }
        container.files().write("/calls", Files.readAllBytes(program), 0755);
        container.files().write("/file", raw.file(), 0644);
        return container.exec("sh", "-c", "exec /calls 0<>/file");
    }

    /** Whether this kernel takes 32-bit calls; what is said of them below holds on the virtual machines in any case. */
    private boolean takes32Bit() throws IOException {
        return RawCalls.ways(folder).contains(SyscallAbi.I386);
    }

    /** The calls that a rule is about, by each way into the kernel, with arguments that it is about. */
    private static List<Call> matching(SeccompRule rule, boolean by32Bit) {
        List<Call> calls = new ArrayList<>();
        for (SyscallAbi abi : List.of(SyscallAbi.X86_64, SyscallAbi.I386)) {
            Long[] arguments = {0L, 0L, 0L, 0L, 0L, 0L};
            for (SeccompArgument argument : rule.arguments()) {
                assertThat(argument.operator()).isEqualTo(SeccompArgument.Operator.MASKED_EQ);
                // The bits that don't count are set, as somebody would who wants to get around the rule.
                long noise = abi == SyscallAbi.I386 ? 0xFFFFFFFFL : -1L;
                arguments[argument.index()] = argument.valueTwo() | noise & ~argument.value();
            }
            for (String name : rule.calls()) {
                SyscallNumbers.of(abi)
                        .number(name)
                        .ifPresent(number -> calls.add(new Call(abi == SyscallAbi.I386, number, List.of(arguments))));
            }
        }
        assertThat(calls.size() > 0 || rule.calls().get(0).startsWith("pciconfig"))
                .as(rule.toString())
                .isTrue();
        calls.removeIf(call -> call.bySoftwareInterrupt() && !by32Bit);
        return calls;
    }

    @Test
    @NeedsCommand("gcc")
    @NeedsRoot("starts a privileged container: some rules hold only there")
    void everyRuleOfTheStandardProfileHolds() throws IOException {
        boolean by32Bit = takes32Bit();
        for (boolean userNamespace : List.of(false, true)) {
            MarkedRules<Call> rules = MarkedRules.of(userNamespace, rule -> matching(rule, by32Bit));
            assertThat(calls(start(rules.profile(), userNamespace), rules.calls()))
                    .isEqualTo(rules.marks());
            assertThat(calls(start(SeccompProfile.standard(), userNamespace), rules.calls()))
                    .isEqualTo(rules.errors());
        }
    }

    private static Call call(String name, long... arguments) {
        return new Call(
                false,
                SyscallNumbers.of(SyscallAbi.X86_64).number(name).orElseThrow(),
                Arrays.stream(arguments).boxed().toList());
    }

    @Test
    @NeedsCommand("gcc")
    void theSameCallsWithOtherArgumentsAreLetThrough() throws IOException {
        List<Long> results = calls(
                start(SeccompProfile.standard()),
                List.of(
                        call("ioctl", 0, 0x5401, 0),
                        call("ioctl", 99, 0x5413, 0),
                        call("socket", 1, 1, 0),
                        call("socket", 16, 3, 0),
                        call("umount2", 0, 8),
                        call("adjtimex", 0),
                        call("unshare", 0)));
        assertThat(results.get(0)).as("TCGETS of a file").isEqualTo(-25);
        assertThat(results.get(1)).as("TIOCGWINSZ of no file").isEqualTo(-9);
        assertThat(results.get(2)).as("AF_UNIX").isNotNegative();
        assertThat(results.get(3)).as("AF_NETLINK").isNotNegative();
        assertThat(results.get(4)).as("umount2 without a path").isEqualTo(-14);
        assertThat(results.get(5)).as("adjtimex without memory").isEqualTo(-14);
        assertThat(results.get(6)).as("unshare of nothing").isZero();
    }

    /** By int 0x80 there is a way into the kernel, which the filter knows, or none. */
    @Test
    @NeedsCommand("gcc")
    void a32BitCallIsFilteredOrEndsTheProcess() throws IOException {
        Call bind = new Call(true, SOCKETCALL_OF_I386, List.of(2L, 0L));
        Call loadModule = new Call(true, INIT_MODULE_OF_I386, List.of());
        RawCalls raw = new RawCalls(new byte[0], List.of(bind, loadModule));
        Container container = start(SeccompProfile.standard());
        ExecResult result = make(container, raw);
        if (takes32Bit()) {
            assertThat(result.exitCode()).isZero();
            assertThat(raw.results(container.files().read("/file"))).containsExactly(EFAULT, EPERM);
        } else {
            assertThat(result.exitCode()).as("SIGSEGV").isEqualTo(128 + 11);
        }
    }

    @Test
    @NeedsCommand("gcc")
    void callsThatNobodyKnowsYetAreNotImplementedRatherThanDenied() throws IOException {
        List<Call> calls = new ArrayList<>();
        for (long number : new long[] {400, 472, 600, 100_000, 0x7FFFFFFFL, 0xFFFFFFFFL}) {
            calls.add(new Call(false, number, List.of()));
            calls.add(new Call(true, number, List.of()));
        }
        boolean by32Bit = takes32Bit();
        calls.removeIf(call -> call.bySoftwareInterrupt() && (call.number() == 400 || !by32Bit));
        assertThat(calls(start(SeccompProfile.standard()), calls)).containsOnly(ENOSYS);
    }

    @Test
    @NeedsCommand("gcc")
    void callsOfX32AreNotImplemented() throws IOException {
        List<Call> calls = new ArrayList<>();
        for (long number = 0; number < 548; number++) {
            calls.add(new Call(false, number | SyscallAbi.X32.bit(), List.of()));
        }
        // An error number that the kernel would not give shows that the filter itself knows them.
        SeccompProfile x32 = SeccompProfile.of(SeccompAction.ALLOW)
                .architectures(EnumSet.allOf(SeccompArchitecture.class))
                .rule(SeccompRule.of(SeccompAction.errno(MARK), "kexec_load"));
        assertThat(calls(start(SeccompProfile.standard()), calls)).containsOnly(ENOSYS);
        assertThat(calls(start(x32), List.of(new Call(false, 528 | SyscallAbi.X32.bit(), List.of()))))
                .containsExactly(-(long) MARK);
    }

    @Test
    void theInitAndCommandsOfEveryUserHaveTheFilterAndNothingMore() {
        Container container = start(SeccompProfile.standard());
        for (Command command : List.of(
                Command.of("cat", "/proc/1/status"),
                Command.of("cat", "/proc/self/status"),
                Command.of("cat", "/proc/self/status").user(User.id(1500, 1500)))) {
            String status = container.exec(command).stdout();
            assertThat(status).containsPattern("Seccomp:\\s+2\n").containsPattern("Seccomp_filters:\\s+1\n");
            assertThat(status).containsPattern("NoNewPrivs:\\s+0\n");
        }
        String user = container
                .exec(Command.of("cat", "/proc/self/status").user(User.id(1500, 1500)))
                .stdout();
        assertThat(user).containsPattern("CapPrm:\\s+0+\n").containsPattern("CapEff:\\s+0+\n");
    }

    @Test
    void withoutAFilterThereIsNone() {
        Container container = start(SeccompProfile.unconfined());
        assertThat(container.exec("cat", "/proc/1/status").stdout()).containsPattern("Seccomp:\\s+0\n");
        assertThat(container.exec("cat", "/proc/self/status").stdout()).containsPattern("Seccomp:\\s+0\n");
        assertThat(container.seccompFilter()).isEmpty();
    }

    @Test
    void aFilterMayDenyAllThatTheLaunchNeedsBefore() {
        SeccompProfile strict = SeccompProfile.standard()
                .deny("mount_setattr", "move_mount", "openat2", "chdir", "setgroups", "setresuid", "capset")
                .deny("close_range", "faccessat2", "seccomp", "setns", "clone3");
        Container container = start(strict);
        ExecResult result = container.exec(Command.of("id", "-u").user(User.id(1500, 1500)));
        assertThat(result.stdout()).as(result.stderr()).isEqualTo("1500\n");
    }

    @Test
    @NeedsCommand("gcc")
    void aProfileInTheFormatOfDockerHolds() throws IOException {
        String allowed = SyscallNumbers.of(SyscallAbi.X86_64).names().values().stream()
                .filter(name ->
                        !Set.of("sethostname", "mkdir", "mkdirat", "listns").contains(name))
                .map(name -> '"' + name + '"')
                .collect(Collectors.joining(", "));
        SeccompProfile profile = SeccompProfile.fromJson("""
                {"defaultAction": "SCMP_ACT_ERRNO", "defaultErrnoRet": 1,
                 "archMap": [{"architecture": "SCMP_ARCH_X86_64", "subArchitectures": []}],
                 "syscalls": [
                   {"names": [%s], "action": "SCMP_ACT_ALLOW"},
                   {"names": ["mkdir", "mkdirat"], "action": "SCMP_ACT_ERRNO", "errnoRet": 30,
                    "includes": {"caps": ["CAP_SYS_ADMIN"]}}]}
                """.formatted(allowed));
        Container container = start(profile);
        assertThat(container.exec("hostname", "x").stderr()).contains("Operation not permitted");
        assertThat(container.exec("mkdir", "/x").stderr()).contains("Read-only file system");
        List<Call> calls = List.of(call("listns", 0), new Call(false, 600, List.of()));
        assertThat(calls(container, calls)).containsExactly(EPERM, ENOSYS);
        if (takes32Bit()) {
            // By int 0x80 nothing can be called, as the profile doesn't list it.
            assertThat(calls(container, List.of(new Call(true, 20, List.of())))).containsExactly(ENOSYS);
        }
    }

    @Test
    void aSystemCallThatKillsDoesSo() {
        SeccompProfile deadly =
                SeccompProfile.standard().rule(SeccompRule.of(SeccompAction.KILL_PROCESS, "sethostname"));
        Container container = start(deadly);
        assertThat(container.exec("hostname", "x").exitCode()).as("SIGSYS").isEqualTo(128 + 31);
        assertThat(container.exec("hostname").exitCode()).isZero();
    }

    @Test
    void aProfileUnderWhichNothingCanBeExecutedIsRefusedBeforeAnythingIsMade() {
        for (SeccompProfile profile : List.of(
                SeccompProfile.standard().deny("execve"),
                SeccompProfile.of(SeccompAction.errno(1)).allow("read", "write"),
                SeccompProfile.standard()
                        .rule(SeccompRule.of(SeccompAction.KILL_PROCESS, "execve")
                                .argument(SeccompArgument.lowBits(0, 7))),
                SeccompProfile.standard().architectures(Set.of(SeccompArchitecture.X86)))) {
            Config config = Config.ofImage("alpine").security(Security.DEFAULT.seccomp(profile));
            assertThatThrownBy(() -> host.lxj().containers().create("blocked", config))
                    .isInstanceOf(InvalidConfigException.class)
                    .hasMessageContaining("security.seccomp")
                    .hasMessageContaining("execve");
            assertThat(host.lxj().containers().find("blocked")).isEmpty();
        }
    }

    @Test
    void aCallThatDoesNotExistIsRefusedByName() {
        Config config = Config.ofImage("alpine")
                .security(Security.DEFAULT.seccomp(SeccompProfile.standard().deny("opne")));
        assertThatThrownBy(() -> host.lxj().containers().create("typo", config))
                .isInstanceOf(InvalidConfigException.class)
                .hasMessageContaining("security.seccomp.syscalls.names")
                .hasMessageContaining("opne");
        assertThat(host.lxj().containers().find("typo")).isEmpty();
    }

    @Test
    void theFilterCanBeReadBeforeItIsUsed() {
        Container container = host.create(Config.ofImage("alpine"));
        assertThat(container.seccompFilter())
                .startsWith("   0: A = arch")
                .contains("return errno EPERM")
                .contains("return errno EAFNOSUPPORT");
        assertThat(container.launchPlan()).contains("seccomp(SECCOMP_SET_MODE_FILTER");
    }
}

package io.lxj.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.lxj.linux.Architecture;
import io.lxj.linux.MountFlags;
import io.lxj.linux.Stat;
import io.lxj.linux.Syscall;
import io.lxj.linux.SyscallProgram;
import io.lxj.linux.SyscallProgram.Step;
import io.lxj.plan.LaunchSpec.MountSpec;
import io.lxj.plan.LaunchSpec.Node;
import io.lxj.plan.LaunchSpec.Overlay;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class InitPlanTest {
    private static List<Step> steps(LaunchSpec spec) {
        return InitPlan.of(spec, Optional.empty()).program().steps();
    }

    private static int indexOf(List<Step> steps, String rendered) {
        for (int i = 0; i < steps.size(); i++) {
            if (steps.get(i).render().startsWith(rendered)) {
                return i;
            }
        }
        throw new AssertionError("no step " + rendered + " in\n" + steps);
    }

    private static long count(List<Step> steps, Syscall call) {
        return steps.stream().filter(step -> step.call() == call).count();
    }

    @Test
    void sameSpecGivesTheSamePlan() {
        assertThat(InitPlan.of(Specs.init(false), Optional.empty()).toString())
                .isEqualTo(InitPlan.of(Specs.init(false), Optional.empty()).toString());
    }

    @Test
    void stageHidesItselfAndClosesFdsBeforeAnythingElse() {
        List<Step> steps = steps(Specs.init(false));
        assertThat(steps.get(0).render()).isEqualTo("prctl(PR_SET_DUMPABLE, 0)");
        assertThat(steps.get(1).render()).isEqualTo("close_range(6, ~0, 0)");
    }

    @Test
    void fdsAreClosedBeforePathsOfTheContainerAreLookedUpAndTheDeathSignalIsSetLast() {
        List<Step> steps = steps(Specs.init(false));
        int exec = indexOf(steps, "execve");
        assertThat(steps.get(exec - 1).render()).isEqualTo("prctl(PR_SET_PDEATHSIG, SIGKILL)");
        assertThat(steps.get(exec - 2).render()).isEqualTo("chdir(\"/srv\")");
        assertThat(steps.get(exec - 3).render()).isEqualTo("close_range(4, ~0, 0)");
        assertThat(steps.get(exec - 4).render()).isEqualTo("dup3(<report>, 3, O_CLOEXEC)");
        assertThat(steps.get(exec).render())
                .isEqualTo("execve(\"/sbin/init\", [\"/sbin/init\", \"--log\"], environment [PATH, container])");
    }

    @Test
    void theFilterComesLastAndWithThePrivilegeThatItNeeds() {
        List<Step> steps = steps(Specs.filtered(false));
        int exec = indexOf(steps, "execve");
        assertThat(steps.get(exec - 1).render())
                .startsWith("seccomp(SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_SPEC_ALLOW, {");
        assertThat(steps.get(indexOf(steps, "capset")).render()).contains("permitted=0x1fffdfeffff");
        List<Step> withoutPrivileges = steps(Specs.filtered(true));
        assertThat(withoutPrivileges
                        .get(indexOf(withoutPrivileges, "seccomp") - 1)
                        .render())
                .isEqualTo("prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)");
    }

    /** Commands are executed beside it that may trace it. */
    @Test
    void whereThereIsNoInitTheFilterComesBeforeTheProcessIsShownAndWaits() {
        List<Step> steps = steps(Specs.building());
        int filter = indexOf(steps, "seccomp(SECCOMP_SET_MODE_FILTER");
        int wait = indexOf(steps, "ppoll(0, 0, 0, 0, 0)");
        assertThat(steps).noneMatch(step -> step.call() == Syscall.EXECVE);
        assertThat(steps.subList(filter + 1, wait).stream().map(Step::render))
                .containsExactly(
                        "rt_sigaction(SIGCHLD, {SIG_IGN}, 0, 8)", "prctl(PR_SET_DUMPABLE, 1)", "close_range(3, ~0, 0)");
        assertThat(wait).isEqualTo(steps.size() - 1);
    }

    /** A node that works only the host's root can make, so the stage is that root but for who owns what it makes. */
    @Test
    void theStageMakesFilesAsTheContainersRootAndIsHiddenAfterwards() {
        List<Step> steps = steps(Specs.unprivileged(false));
        long root = Specs.unprivileged(false).userNamespace().orElseThrow().rootUid();
        int asRoot = indexOf(steps, "setfsuid(" + root + ")");
        int kept = indexOf(steps, "capset");
        int first = indexOf(steps, "fsopen");
        int back = indexOf(steps, "setfsuid(0)");
        assertThat(List.of(asRoot, kept, first, back, indexOf(steps, "unshare(0x14020000)")))
                .isSorted();
        assertThat(steps.get(back + 1).render()).isEqualTo("prctl(PR_SET_DUMPABLE, 0)");
        assertThat(steps.subList(0, back)).noneMatch(step -> step.call() == Syscall.FCHOWNAT);
        assertThat(steps(Specs.init(false))).noneMatch(step -> step.call() == Syscall.SETFSUID);
    }

    @Test
    void theStageMakesNamespacesBeforeItWaitsForTheRootAndLeavesTheCgroupsToTheHostsRoot() {
        List<Step> steps = steps(Specs.unprivileged(false));
        int namespaces = indexOf(steps, "unshare(0x14020000)");
        int told = indexOf(steps, "write(<jvm>");
        int network = indexOf(steps, "unshare(0x40000000)");
        int rest = indexOf(steps, "recvmsg(<jvm>");
        int clone = indexOf(steps, "clone3({flags=0x220109000,");
        assertThat(List.of(namespaces, told, network, rest, clone)).isSorted();
        assertThat(steps.subList(0, clone)).noneMatch(step -> step.call() == Syscall.SETRESUID);
        assertThat(steps.get(rest).what()).isEqualTo("wait for the root and the cgroup");
        // Whoever doesn't get the rest, because the JVM has gone, leaves.
        assertThat(steps.get(steps.get(rest).zero()).render()).isEqualTo("exit_group(1)");
    }

    /** What it may do to the user's cgroups it may in the user's own namespace. */
    @Test
    void theStageOfAnOrdinaryUserIsInNoneOfThemEither() {
        List<Step> steps = steps(Specs.ofUser());
        int clone = indexOf(steps, "clone3({flags=0x274129000,");
        assertThat(steps.subList(0, clone)).noneMatch(step -> step.call() == Syscall.UNSHARE);
        assertThat(indexOf(steps, "read(<jvm>")).isGreaterThan(clone);
    }

    @Test
    void theKeeperOfAContainerIsInNoneOfItsNamespaces() {
        List<Step> steps = steps(Specs.unprivileged(true));
        int clone = indexOf(steps, "clone3({flags=0x274121000,");
        assertThat(steps.subList(0, clone)).noneMatch(step -> step.call() == Syscall.UNSHARE);
        assertThat(indexOf(steps, "read(<jvm>")).isGreaterThan(clone);
    }

    /** The stage runs the beginning before it has the rest. */
    @Test
    void thePlanBeginsWithWhatTheStageWasGivenFirst() {
        List<LaunchSpec> specs = List.of(
                Specs.init(false),
                Specs.init(true),
                Specs.nested(false),
                Specs.unprivileged(false),
                Specs.unprivileged(true),
                Specs.locked(false),
                Specs.locked(true),
                Specs.ofUser());
        Overlay overlay = new Overlay(true, "", "upper", "work", Map.of());
        for (LaunchSpec spec : specs) {
            for (Optional<Overlay> root : List.of(Optional.of(overlay), Optional.<Overlay>empty())) {
                StageBeginning beginning = StageBeginning.of(spec);
                byte[] first = beginning.program().code(Architecture.X86_64);
                byte[] data = beginning.program().data();
                SyscallProgram whole = InitPlan.of(beginning, root).program();
                assertThat(whole.code(Architecture.X86_64)).startsWith(first);
                assertThat(whole.data()).startsWith(data);
                assertThat(whole.fds()).isEqualTo(beginning.program().fds());
                Step next = whole.steps().get(beginning.program().steps().size());
                assertThat(next.what()).isEqualTo("put " + (root.isPresent() ? "lower" : "root") + " in its place");
            }
        }
    }

    @Test
    void keptInitHasNoDeathSignal() {
        assertThat(steps(Specs.init(true))).noneMatch(step -> step.render().contains("PR_SET_PDEATHSIG"));
    }

    @Test
    void capabilitiesAreDroppedBeforeExecAndAfterTheLastMount() {
        List<Step> steps = steps(Specs.init(false));
        int drop = indexOf(steps, "prctl(PR_CAPBSET_DROP, 16)");
        assertThat(drop).isLessThan(indexOf(steps, "execve"));
        assertThat(steps.subList(drop, steps.size())).noneMatch(step -> step.call() == Syscall.MOVE_MOUNT);
        String capset = steps.get(indexOf(steps, "capset")).render();
        assertThat(capset).contains("effective=permitted=0x1fffdfeffff, inheritable=0");
    }

    @Test
    void nothingAfterThePivotResolvesAPathOfTheContainerWithoutItsRoot() {
        List<Step> steps = steps(Specs.init(false, List.of(bind("/var/www", true)), List.of()));
        int pivot = indexOf(steps, "pivot_root");
        int capabilities = indexOf(steps, "prctl(PR_CAPBSET_DROP");
        for (Step step : steps.subList(pivot + 1, capabilities)) {
            assertThat(step.render()).doesNotContain("AT_FDCWD");
            boolean opens = step.call() == Syscall.OPENAT;
            // The only plain opens are of our own new file systems.
            assertThat(opens && step.render().contains("<root>")).isFalse();
        }
    }

    @Test
    void ownMountPointsMustNotBeLinks() {
        List<Step> steps = steps(Specs.init(false));
        for (String name : List.of("proc", "sys", "dev", "run")) {
            assertThat(steps.get(indexOf(steps, "openat2(<root>, \"" + name + "\""))
                            .render())
                    .contains("RESOLVE_NO_SYMLINKS");
        }
    }

    @Test
    void bindMountsAreMadeComponentByComponentInTheRoot() {
        List<Step> steps = steps(Specs.init(false, List.of(bind("/var/www/index", false)), List.of()));
        assertThat(steps)
                .anyMatch(step ->
                        step.render().startsWith("mkdirat") && step.what().equals("make www"));
        assertThat(steps)
                .anyMatch(step ->
                        step.render().startsWith("mknodat") && step.what().equals("make index"));
        assertThat(steps.get(indexOf(steps, "openat2(<root>, \"/var/www/index\""))
                        .render())
                .contains("RESOLVE_IN_ROOT");
        assertThat(steps).anyMatch(step -> step.render().startsWith("move_mount(<mount-0>"));
    }

    private static MountSpec bind(String target, boolean directory) {
        return new MountSpec(target, directory, null, 0);
    }

    @Test
    void tmpfsIsMadeWithItsOptions() {
        MountSpec tmpfs =
                new MountSpec("/scratch", true, Map.of("size", "4096", "mode", "700"), MountFlags.MOUNT_ATTR_NOEXEC);
        List<Step> steps = steps(Specs.init(false, List.of(tmpfs), List.of()));
        assertThat(steps).anyMatch(step -> step.render().contains("FSCONFIG_SET_STRING, \"size\", \"4096\""));
        assertThat(steps).anyMatch(step -> step.what().equals("mount /scratch"));
    }

    @Test
    void devicesAreMadeInDevWithTheirFolders() {
        Node node = new Node("bus/usb/001", Stat.S_IFCHR | 0600, 189, 0);
        List<Step> steps = steps(Specs.init(false, List.of(), List.of(node)));
        assertThat(steps.stream().map(Step::render))
                .anyMatch(text -> text.startsWith("mkdirat") && text.contains("\"bus/usb\""))
                .anyMatch(text -> text.startsWith("mknodat") && text.endsWith("\"bus/usb/001\", 020600, 189:0)"));
    }

    @Test
    void insideAContainerTheNodesThereAreTakenBeforeItsRootGoesAndPutOnFilesOnceDevIsMounted() {
        for (boolean keep : List.of(false, true)) {
            List<Step> steps = steps(Specs.nested(keep));
            assertThat(steps)
                    .noneMatch(step ->
                            step.call() == Syscall.MKNODAT && step.render().matches(".* 02[0-7]{4,5}, [15]:.*"));
            int clone = indexOf(steps, "clone3(");
            for (String name : List.of("null", "zero", "full", "random", "urandom", "tty")) {
                int taken = indexOf(steps, "open_tree(AT_FDCWD, \"/dev/" + name + "\"");
                assertThat(taken).isLessThan(clone);
                int put = -1;
                for (int i = clone; i < steps.size(); i++) {
                    put = steps.get(i).what().equals("put /dev/" + name + " in its place") ? i : put;
                }
                assertThat(put).as(name).isGreaterThan(clone);
            }
            assertThat(steps.stream().filter(step -> step.what().startsWith("let go of /dev/")))
                    .hasSize(keep ? 6 : 0);
        }
    }

    @Test
    void onlyTheKeeperLoops() {
        assertThat(steps(Specs.init(false)))
                .allMatch(step -> step.next() > 0)
                .noneMatch(step -> step.call() == Syscall.PPOLL);
        List<Step> kept = steps(Specs.init(true));
        assertThat(count(kept, Syscall.PPOLL)).isEqualTo(2);
        int wait = indexOf(kept, "ppoll([console, init]");
        assertThat(kept).anyMatch(step -> step.next() == wait);
    }

    @Test
    void everyJumpLeadsToAStep() {
        for (boolean keep : new boolean[] {false, true}) {
            List<Step> steps = steps(Specs.init(keep));
            for (Step step : steps) {
                boolean last = step == steps.get(steps.size() - 1);
                assertThat(step.error()).isBetween(-1, steps.size() - 1);
                assertThat(last || step.next() < steps.size()).isTrue();
                assertThat(last || step.zero() < steps.size()).isTrue();
            }
        }
    }

    @Test
    void planReadsLikeATrace() {
        assertThat(InitPlan.of(Specs.init(false), Optional.empty())
                        .toString()
                        .lines()
                        .toList())
                .first()
                .asString()
                .matches("  1  prctl\\(PR_SET_DUMPABLE, 0\\) +# hide the process from what it will meet");
    }
}

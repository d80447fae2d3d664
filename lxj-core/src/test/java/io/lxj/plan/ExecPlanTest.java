package io.lxj.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.lxj.linux.Syscall;
import io.lxj.linux.SyscallProgram.Step;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ExecPlanTest {
    private static List<String> rendered(ExecSpec spec) {
        return ExecPlan.of(spec).program().steps().stream().map(Step::render).toList();
    }

    @Test
    void entersAllNamespacesButThoseThatNobodyIsClonedFromBeforeTheProcessIsMadeInItsCgroup() {
        List<String> steps = rendered(Specs.exec(0, false, "/bin/tool"));
        assertThat(steps.get(0)).isEqualTo("prctl(PR_SET_DUMPABLE, 0)");
        assertThat(steps.get(2)).isEqualTo("keyctl(KEYCTL_CAPABILITIES, 0, 0)");
        assertThat(steps.get(3)).isEqualTo("keyctl(KEYCTL_JOIN_SESSION_KEYRING, 0)");
        int namespaces = steps.indexOf("setns(<init>, mount, pid, uts, ipc, net)");
        assertThat(steps.get(namespaces - 1)).isEqualTo(steps.get(3));
        assertThat(steps.get(namespaces + 1)).startsWith("clone3(").contains("cgroup=<cgroup>");
        assertThat(steps.indexOf("setns(<init>, cgroup)")).isEqualTo(namespaces + 3);
    }

    /** The keyring of the JVM's session is left behind, or nothing is launched. */
    @Test
    void goesOnWithTheKeysOfTheJvmOnlyWhereThereIsNoWayToThem() {
        List<Step> steps =
                ExecPlan.of(Specs.exec(0, false, "/bin/tool")).program().steps();
        int after = 10;
        assertThat(steps.get(after).call()).isEqualTo(Syscall.SETNS);
        assertThat(steps.get(2).error()).isEqualTo(after);
        for (int i = 3; i < after - 1; i += 2) {
            assertThat(steps.get(i).render()).isEqualTo("keyctl(KEYCTL_JOIN_SESSION_KEYRING, 0)");
            assertThat(steps.get(i).next()).isEqualTo(after);
            assertThat(steps.get(i).error()).isEqualTo(i + 1);
            assertThat(steps.get(i + 1).call()).isEqualTo(Syscall.NANOSLEEP);
        }
        Step last = steps.get(after - 1);
        assertThat(last.render()).isEqualTo(steps.get(3).render());
        assertThat(last.error()).isEqualTo(-1);
    }

    @Test
    void anOrdinaryUsersKeyringCountsForTheUserAndOtherwiseForTheRootOfTheContainer() {
        List<Step> steps =
                InitPlan.of(Specs.ofUser(), Optional.empty()).program().steps();
        List<String> texts = steps.stream().map(Step::render).toList();
        List<Syscall> calls = steps.stream().map(Step::call).toList();
        int asUser = calls.indexOf(Syscall.KEYCTL);
        assertThat(texts.get(asUser)).isEqualTo("keyctl(KEYCTL_JOIN_SESSION_KEYRING, 0)");
        assertThat(asUser).isLessThan(calls.indexOf(Syscall.SETNS)).isLessThan(calls.indexOf(Syscall.SETRESUID));
        assertThat(steps.get(asUser).error()).isEqualTo(asUser + 1);
        int look = texts.indexOf("keyctl(KEYCTL_DESCRIBE, result of " + (asUser + 1) + ", 0, 0)");
        int asRoot = calls.lastIndexOf(Syscall.KEYCTL);
        assertThat(look).isGreaterThan(calls.lastIndexOf(Syscall.SETRESUID));
        assertThat(steps.get(look).next()).isEqualTo(asRoot + 1);
        assertThat(steps.get(look).error()).isEqualTo(look + 1);
        assertThat(texts.get(asRoot)).isEqualTo(texts.get(asUser));
        assertThat(steps.get(asRoot).error()).isEqualTo(-1);
    }

    @Test
    void losesPrivilegesForGoodBeforeTheProgramRuns() {
        List<String> steps = rendered(Specs.exec(1000, false, "/bin/tool"));
        int capset = steps.indexOf(
                steps.stream().filter(s -> s.startsWith("capset")).findFirst().orElseThrow());
        int user = steps.indexOf("setresuid(1000, 1000, 1000)");
        assertThat(steps.indexOf("prctl(PR_CAPBSET_DROP, 16)")).isPositive().isLessThan(capset);
        assertThat(steps.indexOf("prctl(PR_CAPBSET_DROP, 16)")).isLessThan(user);
        assertThat(capset).isGreaterThan(user);
        assertThat(steps.get(capset)).contains("effective=permitted=0x0, inheritable=0");
        assertThat(steps.indexOf("setresgid(33, 33, 33)")).isPositive().isLessThan(user);
        assertThat(steps).contains("setgroups(3, [1, 2, 3])");
        // Nothing of the host is open when paths of the container are looked up.
        assertThat(steps.indexOf("close_range(4, ~0, 0)")).isGreaterThan(user);
        assertThat(steps.subList(0, steps.indexOf("close_range(4, ~0, 0)")))
                .noneMatch(step -> step.startsWith("chdir") || step.startsWith("execve"));
    }

    @Test
    void triesEveryFolderOfThePathAndSaysWhenThereIsNoSuchCommand() {
        List<Step> steps = ExecPlan.of(Specs.exec(0, false, "/a/tool", "/b/tool"))
                .program()
                .steps();
        List<Step> execs =
                steps.stream().filter(step -> step.call() == Syscall.EXECVE).toList();
        assertThat(execs).hasSize(2);
        assertThat(execs.get(0).render()).isEqualTo("execve(\"/a/tool\", [\"tool\", \"-x\"], environment [A, B])");
        assertThat(execs).allMatch(step -> step.error() > 0);
        assertThat(steps.stream().map(Step::render)).contains("exit_group(127)", "exit_group(126)");
    }

    @Test
    void anotherUserHasWhatTheFilterNeedsAndNothingElseUntilTheProgramRuns() {
        List<String> steps = rendered(Specs.exec(1000, false, Specs.confinement(false), "/a/tool", "/b/tool"));
        int user = steps.indexOf("setresuid(1000, 1000, 1000)");
        assertThat(steps.get(user - 1)).isEqualTo("prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0)");
        assertThat(steps.get(user + 1)).isEqualTo("prctl(PR_SET_DUMPABLE, 0)");
        assertThat(steps.subList(user, steps.size()))
                .anyMatch(step -> step.startsWith("capset") && step.contains("permitted=0x200000,"));
        for (int i = 0; i < steps.size(); i++) {
            if (steps.get(i).startsWith("execve")) {
                assertThat(steps.get(i - 1)).startsWith("seccomp(");
                assertThat(steps.get(i - 2)).startsWith("faccessat2(");
            }
        }
        assertThat(rendered(Specs.exec(1000, false, Specs.confinement(true), "/a/tool")))
                .noneMatch(step -> step.contains("PR_SET_KEEPCAPS"));
    }

    @Test
    void takesTheTerminalOnlyWhenThereIsOne() {
        assertThat(rendered(Specs.exec(0, true, "/bin/tool"))).anyMatch(step -> step.contains("TIOCSCTTY"));
        assertThat(rendered(Specs.exec(0, false, "/bin/tool"))).noneMatch(step -> step.contains("TIOCSCTTY"));
    }

    @Test
    void oddNumberOfGroupsIsStoredInWholeWords() {
        byte[] data = ExecPlan.of(Specs.exec(0, false, "/bin/tool")).program().data();
        byte[] groups = {1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0};
        assertThat(indexOf(data, groups)).isNotNegative();
    }

    private static int indexOf(byte[] data, byte[] part) {
        for (int i = 0; i + part.length <= data.length; i += 8) {
            if (java.util.Arrays.equals(data, i, i + part.length, part, 0, part.length)) {
                return i;
            }
        }
        return -1;
    }
}

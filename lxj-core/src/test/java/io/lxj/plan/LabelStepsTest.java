package io.lxj.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.lxj.linux.SyscallProgram;
import io.lxj.linux.SyscallProgram.Step;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LabelStepsTest {
    private static final Confinement APP_ARMOR = Specs.labeled(SecurityLabel.appArmor("lxj-container"));
    private static final Confinement SE_LINUX = Specs.labeled(SecurityLabel.seLinux("u:r:t:s0"));

    private static List<String> rendered(SyscallProgram program) {
        return program.steps().stream().map(Step::render).toList();
    }

    /** The write, after an open in the host's procfs; before it is closed with all else, and before the program runs. */
    private static void takes(List<String> steps, String file, String text) {
        int write = -1;
        for (int i = 0; i < steps.size(); i++) {
            if (steps.get(i).startsWith("write(") && steps.get(i).contains(text)) {
                assertThat(write).as("only once").isNegative();
                write = i;
            }
        }
        assertThat(write).as(String.join("\n", steps)).isPositive();
        assertThat(steps.get(write - 1))
                .isEqualTo("openat2(<proc>, \"self/" + file + "\", {O_WRONLY|O_CLOEXEC,"
                        + " RESOLVE_BENEATH|RESOLVE_NO_XDEV|RESOLVE_NO_MAGICLINKS}, 24)");
        List<String> after = steps.subList(write, steps.size());
        assertThat(after.get(1)).startsWith("close(");
        assertThat(after).anyMatch(step -> step.startsWith("close_range("));
        assertThat(after).anyMatch(step -> step.startsWith("seccomp("));
        assertThat(after).anyMatch(step -> step.startsWith("execve("));
        assertThat(steps.subList(0, write)).noneMatch(step -> step.startsWith("execve("));
    }

    @Test
    void theInitIsConfinedFromItsFirstInstructionOn() {
        for (boolean keep : List.of(false, true)) {
            takes(
                    rendered(InitPlan.of(Specs.init(keep, APP_ARMOR), Optional.empty())
                            .program()),
                    "attr/apparmor/exec",
                    "exec lxj-container");
            takes(
                    rendered(InitPlan.of(Specs.init(keep, SE_LINUX), Optional.empty())
                            .program()),
                    "attr/exec",
                    "u:r:t:s0");
        }
    }

    @Test
    void commandsAreConfinedAlike() {
        takes(
                rendered(ExecPlan.of(Specs.exec(1000, false, APP_ARMOR, "/bin/tool"))
                        .program()),
                "attr/apparmor/exec",
                "exec lxj-container");
        takes(rendered(ExecPlan.of(Specs.exec(0, true, SE_LINUX, "/bin/tool")).program()), "attr/exec", "u:r:t:s0");
    }

    @Test
    void aKeeperDoesNotKeepTheHostsProcfsOpen() {
        List<String> steps = rendered(
                InitPlan.of(Specs.init(true, APP_ARMOR), Optional.empty()).program());
        assertThat(steps.indexOf("close(<proc>)")).isPositive();
        assertThat(rendered(InitPlan.of(Specs.init(true), Optional.empty()).program()))
                .noneMatch(step -> step.contains("<proc>"));
    }
}

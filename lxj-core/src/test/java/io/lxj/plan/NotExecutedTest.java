package io.lxj.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.lxj.linux.Errno;
import io.lxj.linux.SyscallProgram;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Steps are told by what they are for, wherever they are in the plan. */
class NotExecutedTest {
    private static final ExecPlan PLAN = ExecPlan.of(Specs.exec(0, false, "/a/tool", "/b/tool"));
    private static final long NOT_RUN = SyscallProgram.NOT_RUN;
    private static final long ENOENT = -Errno.ENOENT.number();
    private static final long EACCES = -Errno.EACCES.number();

    /** What is told of a run of the plan in which these steps returned something. */
    private static Optional<NotExecuted> told(Map<String, Long> results) {
        long[] all = new long[PLAN.program().steps().size()];
        Arrays.fill(all, NOT_RUN);
        int found = 0;
        for (int i = 0; i < all.length; i++) {
            Long result = results.get(PLAN.program().steps().get(i).what());
            if (result != null) {
                all[i] = result;
                found++;
            }
        }
        assertThat(found).isEqualTo(results.size());
        return NotExecuted.of(PLAN, all);
    }

    @Test
    void nothingIsToldOfWhatWasExecuted() {
        assertThat(told(Map.of("see whether /a/tool is executable", 0L))).isEmpty();
        assertThat(told(Map.of("see whether /a/tool is executable", ENOENT, "see whether /b/tool is executable", 0L)))
                .isEmpty();
    }

    @Test
    void theKernelsRefusalIsToldOfTheFileThatItIsAbout() {
        long notExecutable = -Errno.ENOEXEC.number();
        assertThat(told(Map.of(
                        "see whether /a/tool is executable", ENOENT,
                        "see whether /b/tool is executable", 0L,
                        "execute /b/tool", notExecutable)))
                .contains(new NotExecuted(Optional.of("/b/tool"), Optional.of(Errno.ENOEXEC)));
    }

    @Test
    void aFileThatIsThereAndMayNotBeExecutedIsToldWithWhyNot() {
        assertThat(told(Map.of(
                        "see whether /a/tool is executable", ENOENT,
                        "see whether /b/tool is executable", EACCES,
                        "see whether /a/tool exists", ENOENT,
                        "see whether /b/tool exists", 0L)))
                .contains(new NotExecuted(Optional.of("/b/tool"), Optional.of(Errno.EACCES)));
    }

    @Test
    void noneOfTheFilesIsThere() {
        assertThat(told(Map.of(
                        "see whether /a/tool is executable", ENOENT,
                        "see whether /b/tool is executable", ENOENT,
                        "see whether /a/tool exists", ENOENT,
                        "see whether /b/tool exists", ENOENT)))
                .contains(new NotExecuted(Optional.empty(), Optional.of(Errno.ENOENT)));
    }
}

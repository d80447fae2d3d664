package io.lxj.linux;

import static org.assertj.core.api.Assertions.assertThat;

import io.lxj.testing.LeaksNothing;
import io.lxj.testing.NeedsCommand;
import io.lxj.testing.NeedsRoot;
import io.lxj.testing.PortableJvm;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/** In a PID namespace of its own, because vm.memfd_noexec is a setting of one; the host's stays as it is. */
@LeaksNothing
@NeedsRoot("sets vm.memfd_noexec")
@NeedsCommand({"unshare", "setpriv"})
@EnabledIf(value = "hasSetting", disabledReason = "kernels before 6.3 have no vm.memfd_noexec")
class StageCopyTest {
    private static final List<String> FORBIDDEN = List.of(
            "unshare",
            "--fork",
            "--pid",
            "--mount-proc",
            "--kill-child",
            "sh",
            "-c",
            "echo 2 > /proc/sys/vm/memfd_noexec && exec \"$@\"",
            "sh");
    private static final List<String> AS_NOBODY =
            List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--no-new-privs");

    static boolean hasSetting() {
        return Files.exists(Path.of("/proc/sys/vm/memfd_noexec"));
    }

    /** Runs a program twice in a JVM that may not make executable memfds, and tries to write to what was executed. */
    static final class Launch {
        public static void main(String[] arguments) throws LinuxException {
            System.out.println("memfd: " + StageFile.memfd().isPresent());
            for (int code = 1; code <= 2; code++) {
                ProgramBuilder program = SyscallProgram.builder();
                program.step("end", Syscall.EXIT_GROUP, code);
                try (Spawned spawned = Spawner.spawn(program.build(), Map.of());
                        Pidfd process = Pidfd.open(spawned.pid())) {
                    System.out.println(process.waitFor());
                }
            }
            System.out.println(StageFile.form());
            try (Fd first = StageFile.open();
                    Fd second = StageFile.open()) {
                System.out.println(
                        "same file: " + (first.stat().inode() == second.stat().inode()));
                System.out.println("links: " + first.stat().links());
                Fd.open(Path.of("/proc/self/fd/" + first.number()), Open.O_WRONLY, 0)
                        .close();
                System.out.println("writable");
            } catch (LinuxException e) {
                System.out.println("writing: " + e.errno().orElseThrow().name());
            }
        }
    }

    private static List<String> launch(List<String> launcher) throws Exception {
        String before = Files.readString(Path.of("/proc/sys/vm/memfd_noexec"));
        try (PortableJvm jvm = PortableJvm.copy()) {
            return jvm.run(launcher, Launch.class).lines().toList();
        } finally {
            assertThat(Files.readString(Path.of("/proc/sys/vm/memfd_noexec"))).isEqualTo(before);
        }
    }

    @Test
    void rootRunsTheStageFromAReadOnlyMountWhereExecutableMemfdsAreForbidden() throws Exception {
        assertThat(launch(FORBIDDEN))
                .containsExactly(
                        "memfd: false",
                        "exit code 1",
                        "exit code 2",
                        "unlinked file on a read-only mount",
                        "same file: true",
                        "links: 0",
                        "writing: EROFS");
    }

    @Test
    void aUserRunsEachProcessFromAFileOfItsOwnWhereExecutableMemfdsAreForbidden() throws Exception {
        List<String> launcher = new ArrayList<>(FORBIDDEN);
        launcher.addAll(AS_NOBODY);
        assertThat(launch(launcher))
                .containsExactly(
                        "memfd: false",
                        "exit code 1",
                        "exit code 2",
                        "a new unlinked file for each process",
                        "same file: false",
                        "links: 0",
                        "writing: EACCES");
    }
}

package io.lxj;

import static org.assertj.core.api.Assertions.assertThat;

import io.lxj.storage.OtherJvm;
import io.lxj.testing.JavaCommand;
import io.lxj.testing.LeaksNothing;
import io.lxj.testing.NeedsCommand;
import io.lxj.testing.NeedsRoot;
import io.lxj.testing.NeedsRootfs;
import io.lxj.testing.TestRootfs;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Where a part of the hierarchy is all that is seen, with processes at its top: as in a container of other tools. */
@NeedsRoot
@NeedsRootfs("busybox")
@NeedsCommand("unshare")
@LeaksNothing
@Timeout(120)
class VisibleTreeTest {
    private static final String ENTER = "mkdir $1/lxj-around; echo +hugetlb >$1/cgroup.subtree_control;"
            + " echo $$ >$1/lxj-around/cgroup.procs; shift; exec unshare --cgroup --mount sh -ec '"
            + "mkdir \"$0\"; mount -t cgroup2 cgroup2 \"$0\"; cd \"$0\"; RUNS;"
            + " echo $(grep ^0:: /proc/self/cgroup) $(ls -d */ 2>/dev/null) \"[$(cat cgroup.subtree_control)]\"' \"$@\"";

    private Path state;
    private Path top;

    @BeforeEach
    void find() throws IOException {
        state = Files.createTempDirectory("lxj-visible").resolve("state");
        top = Files.readAllLines(Path.of("/proc/self/mountinfo")).stream()
                .filter(line -> line.contains(" - cgroup2 "))
                .map(line -> Path.of(line.split(" ")[4]))
                .findFirst()
                .orElseThrow();
    }

    @AfterEach
    void remove() throws IOException {
        TestLxj.remove(state.getParent());
        Files.delete(top.resolve("lxj-around"));
    }

    /** Runs a JVM in such a place, and says in the end which cgroups there are. */
    private String run(String runs, String... words) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                "sh",
                "-ec",
                ENTER.replace("RUNS", runs),
                "sh",
                top.toString(),
                state.resolveSibling("cgroup").toString()));
        command.addAll(JavaCommand.begin());
        command.addAll(List.of("-XX:TieredStopAtLevel=1", "-cp", OtherJvm.classPath(), ScriptedJvm.class.getName()));
        command.addAll(List.of(TestRootfs.find("busybox").toString(), state.toString()));
        command.addAll(Arrays.asList(words));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.onExit().join().exitValue()).as(output).isZero();
        return output;
    }

    @Test
    void whoeverIsAtTheTopMovesAsideAsLongAsThereAreContainersWithLimits() throws IOException {
        assertThat(run("\"$@\"", "limit:a", "start:a", "cgroup:a", "self:a", "stop:a", "destroy:a"))
                .isEqualTo("a 0::/lxj-ID/a/payload\na 0::/lxj-supervisor\n0::/ []\n");
    }

    @Test
    void theWayBackIsFoundAfterACrash() throws IOException {
        String crashed =
                "\"$@\" limit:a start:a crash:now; echo $(grep ^0:: /proc/self/cgroup); \"$@\" self:a destroy:a";
        assertThat(run(crashed)).isEqualTo("0::/lxj-supervisor\na 0::/\n0::/ []\n");
    }
}

package io.lxj;

import static org.assertj.core.api.Assertions.assertThat;

import io.lxj.storage.OtherJvm;
import io.lxj.testing.LeaksNothing;
import io.lxj.testing.NeedsCommand;
import io.lxj.testing.NeedsRoot;
import io.lxj.testing.NeedsRootfs;
import io.lxj.testing.StateFolder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Users with ids for one container: a second one is refused, with the line that they lack. */
@NeedsRoot("mounts other files on /etc/subuid and /etc/subgid")
@NeedsRootfs("busybox")
@NeedsCommand({"unshare", "mount", "setpriv", "newuidmap", "newgidmap"})
@LeaksNothing
@Timeout(60)
class ExhaustedIdsTest {
    private static final String OTHERS = "alice:700000000:70000";

    @StateFolder
    Path folder;

    /** A launcher with such lines; alice's are the last that anybody has. */
    private static List<String> having(String place, String line) {
        String files = place + "/subid";
        String script = "printf '" + line + "\\n" + OTHERS + "\\n' >" + files + "; chmod 644 " + files
                + "; for i in subuid subgid; do mount --bind " + files + " /etc/$i; done; exec \"$@\"";
        return List.of("unshare", "--mount", "sh", "-ec", script, "sh");
    }

    private static String lines(String user) {
        return "; destroy containers; or get more ids, as root: usermod --add-subuids 700121088-700186623"
                + " --add-subgids 700121088-700186623 " + user + ", or add the line " + user
                + ":700121088:65536 to both /etc/subuid and /etc/subgid; and open lxj again";
    }

    @Test
    void rootIsToldWhichLineToAdd() throws Exception {
        List<String> launcher = having(folder.toString(), "root:610000000:65536");
        try (OtherJvm jvm = OtherJvm.startBy(launcher, ExhaustingJvm.class, folder.resolve("state"))) {
            assertThat(jvm.lines())
                    .containsExactly(
                            "set ids apart for two: all ids for containers are taken, by 1 of them: 610000000 to 610065535"
                                    + lines("root")
                                    + "; or set ids by hand with Config.idMap(...), or do without with Config.privileged()",
                            "left: one");
            assertThat(jvm.waitFor()).isZero();
        }
        TestLxj.remove(folder.resolve("state"));
    }

    @Test
    void anOrdinaryUserIsToldWhichLineToAdd() throws Exception {
        OrdinaryUserTest.requireUser();
        String user = OrdinaryUserTest.USER;
        List<String> launcher = new ArrayList<>(having("{place}", user + ":510000000:65536"));
        launcher.add("env");
        assertThat(OrdinaryUserTest.run(user, launcher, ExhaustingJvm.class))
                .contains("set ids apart for two: all ids for containers are taken, by 1 of them: those of this user in"
                        + " /etc/subuid and /etc/subgid"
                        + lines(user) + "\nleft: one\n");
    }
}

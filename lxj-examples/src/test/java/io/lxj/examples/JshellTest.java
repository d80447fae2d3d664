package io.lxj.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.lxj.Container;
import io.lxj.Lxj;
import io.lxj.config.State;
import io.lxj.testing.LeaksNothing;
import io.lxj.testing.NeedsContainers;
import io.lxj.testing.NeedsRootfs;
import io.lxj.testing.StateFolder;
import io.lxj.testing.TestRootfs;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

@LeaksNothing
class JshellTest {
    @StateFolder
    Path folder;

    @Test
    void hasTheImportsDone() throws Exception {
        Program jshell = Program.run(
                folder,
                "System.out.println(ByteSize.mib(3).bytes() + \" \" + Files.exists(Path.of(\"/\")))\n",
                "jshell");

        assertThat(jshell).isEqualTo(new Program(0, "3145728 true\n"));
    }

    @Test
    @NeedsContainers
    @NeedsRootfs("busybox")
    void runsAContainerLineByLineAndEndsItAtTheEnd() throws Exception {
        Program jshell = withAContainer("""
                System.out.println(web.exec("uname", "-n"))
                System.out.println(web.state())
                """);

        assertThat(jshell).isEqualTo(new Program(0, "exit code 0\nweb1\nRUNNING\n"));
        destroyWhatHasEnded();
    }

    @Test
    @NeedsContainers
    @NeedsRootfs("busybox")
    void saysThatItTakesWhatIsTypedInsteadOfAttachingToAConsole() throws Exception {
        Program jshell = withAContainer("web.console().attach()\n");

        assertThat(jshell.output())
                .contains("attach to the console of web1: jshell reads this terminal, and would take what is typed;"
                        + " attach from a program of your own");
        destroyWhatHasEnded();
    }

    /** Runs lines in a session in which the container web runs. */
    private Program withAContainer(String lines) throws Exception {
        String start = """
                var lxj = Lxj.open(Path.of("state"))
                var image = lxj.images().importTarball("busybox", Path.of("%s"))
                var web = lxj.containers().create("web1", Config.of(image).init("/bin/sleep", "1000"))
                web.start()
                """.formatted(TestRootfs.find("busybox"));
        return Program.run(folder, start + lines, "jshell");
    }

    /** The container ended with its jshell; its ids are the host's again once it is destroyed. */
    private void destroyWhatHasEnded() {
        try (Lxj lxj = Lxj.open(folder.resolve("state"))) {
            Container web = lxj.containers().get("web1");
            assertThat(web.state()).isEqualTo(State.STOPPED);
            web.destroy();
        }
    }
}

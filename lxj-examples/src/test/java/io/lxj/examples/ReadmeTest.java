package io.lxj.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.lxj.testing.LeaksNothing;
import io.lxj.testing.NeedsContainers;
import io.lxj.testing.NeedsRootfs;
import io.lxj.testing.StateFolder;
import io.lxj.testing.TestRootfs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What the README tells people to type works as it stands there, but for the paths of this test's own. */
@LeaksNothing
class ReadmeTest {
    @StateFolder
    Path folder;

    private static Path checkout() {
        return TestRootfs.checkout().orElseThrow();
    }

    private static List<String> found(String file, String pattern) throws IOException {
        return Pattern.compile(pattern, Pattern.DOTALL | Pattern.MULTILINE)
                .matcher(Files.readString(checkout().resolve(file)))
                .results()
                .map((MatchResult match) -> match.group(1))
                .toList();
    }

    /** Runs code of the README in jshell, with a state folder, an archive and a site that are in this test's folder. */
    private Program run(String code) throws Exception {
        Path site = Files.createDirectories(folder.resolve("site"));
        Path archive = folder.resolve("debian-12.tar.gz");
        Files.createSymbolicLink(archive, TestRootfs.find("debian-12"));
        String here = code.replace("Lxj.open()", "Lxj.open(Path.of(\"state\"))")
                .replace("/srv/site", site.toString())
                .replace("debian-12.tar.gz", archive.toString());
        return Program.run(folder, here, "jshell");
    }

    @Test
    @NeedsContainers
    @NeedsRootfs("debian-12")
    void theProgramAtItsTopRuns() throws Exception {
        List<String> programs = found("README.md", "^```java\n(.*?)^```");

        assertThat(programs).hasSize(3);
        assertThat(run(programs.get(0))).isEqualTo(new Program(0, "running\n"));
    }

    @Test
    @NeedsContainers
    @NeedsRootfs("debian-12")
    void theSecuritySettingsAreTaken() throws Exception {
        String settings = found("README.md", "^```java\n(.*?)^```").get(1);
        // jshell takes a line that could be a whole statement for one.
        String code = settings.replaceAll("\n +", "") + "System.out.println(web.security().isNoNewPrivileges())\n";

        assertThat(run(code)).isEqualTo(new Program(0, "true\n"));
    }

    @Test
    @NeedsContainers
    @NeedsRootfs("debian-12")
    void theLimitsAreTaken() throws Exception {
        String limits = found("README.md", "^```java\n(.*?)^```").get(2);

        assertThat(run(limits + "System.out.println(web.limits() + \" \" + less)\n"))
                .isEqualTo(new Program(
                        0,
                        "{cpu.max=150000 100000, memory.max=536870912, pids.max=200}"
                                + " {cpuset.cpus=0-1, memory.max=268435456}\n"));
    }

    @Test
    @NeedsContainers
    @NeedsRootfs("debian-12")
    void theSessionInJshellRuns() throws Exception {
        List<String> lines = found("README.md", "jshell> ([^\n]*)\n(?!\\s*feature )");

        assertThat(lines).hasSizeGreaterThan(5);
        assertThat(run(String.join("\n", lines) + "\nSystem.out.println(lxj.containers().list())\n"))
                .isEqualTo(new Program(0, "[]\n"));
    }

    @Test
    @NeedsContainers
    @NeedsRootfs("debian-12")
    void whatJshellGreetsWithRuns() throws Exception {
        List<String> lines = found("lxj-examples/src/main/jshell/greeting.jsh", "^ {12}([^\n]*)");

        assertThat(lines).hasSizeGreaterThan(5);
        assertThat(run(String.join("\n", lines) + "\nSystem.out.println(lxj.images().list())\n"))
                .isEqualTo(new Program(0, "[]\n"));
    }

    @Test
    void theVersionToDependOnIsThisOne() throws IOException {
        String dependency = found("README.md", "(<dependency>.*?</dependency>)").stream()
                .map(text -> text.replaceAll("\\s+", ""))
                .collect(Collectors.joining());
        String version = found("pom.xml", "<artifactId>lxj-parent</artifactId>\\s*(<version>[^<]*</version>)").stream()
                .collect(Collectors.joining());

        assertThat(dependency)
                .isEqualTo("<dependency><groupId>io.lxj</groupId><artifactId>lxj-core</artifactId>" + version
                        + "</dependency>");
    }
}

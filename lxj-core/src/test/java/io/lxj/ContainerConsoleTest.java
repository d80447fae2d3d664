package io.lxj;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lxj.config.ByteSize;
import io.lxj.config.Config;
import io.lxj.config.ConsoleSettings;
import io.lxj.config.OnExit;
import io.lxj.error.LxjException;
import io.lxj.testing.LeaksNothing;
import io.lxj.testing.NeedsContainers;
import io.lxj.testing.NeedsOwnFiles;
import io.lxj.testing.NeedsRootfs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@NeedsContainers
@NeedsRootfs("alpine")
@LeaksNothing
@Timeout(120)
class ContainerConsoleTest {
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final Config ECHO = Config.ofImage("alpine")
            .init("/bin/sh", "-c", "echo hello; tty; while read line; do echo \"got $line\"; done");

    @RegisterExtension
    static final TestLxj host = TestLxj.of("alpine");

    @ParameterizedTest
    @EnumSource
    void showsWhatTheInitWritesAndTypesWhatItIsGiven(OnExit onExit) throws Exception {
        Container container = host.start(ECHO.onExit(onExit));
        container.console().waitFor("/dev/pts/0", LONG);
        container.console().send("one\n");
        container.console().waitFor("got one", LONG);
        assertThat(container.console().tailText(10)).contains("hello", "got one");
        container.stop();
        assertThat(container.console().log()).contains("hello").contains("got one");
    }

    private static Config writing(ConsoleSettings console, OnExit onExit) {
        // 60 bytes a line, with the terminal's own carriage return.
        return Config.ofImage("alpine")
                .onExit(onExit)
                .console(console)
                .init(
                        "/bin/sh",
                        "-c",
                        "i=0; while [ $i -lt 1000 ]; do printf 'line %053d\\n' $i; i=$((i + 1)); done; echo all; sleep 1000000");
    }

    private static List<Path> logs(Container container) throws IOException {
        try (Stream<Path> files = Files.list(host.folder().resolve("containers").resolve(container.name()))) {
            return files.filter(file -> file.getFileName().toString().startsWith("console.log"))
                    .sorted()
                    .toList();
        }
    }

    @ParameterizedTest
    @EnumSource
    @NeedsOwnFiles
    void keepsAsMuchOfItsLogAsItIsConfiguredTo(OnExit onExit) throws Exception {
        Container container = host.start(writing(ConsoleSettings.DEFAULT.log(ByteSize.kib(8), 3), onExit));
        container.console().waitFor("all", LONG);
        container.stop();
        assertThat(logs(container))
                .extracting(file -> file.getFileName().toString())
                .containsExactly("console.log", "console.log.1", "console.log.2", "console.log.3");
        for (Path file : logs(container)) {
            assertThat(Files.size(file)).isLessThanOrEqualTo(ByteSize.kib(8).bytes());
        }
        String log = container.console().log().replace("\r", "");
        assertThat(log).endsWith("all\n").doesNotContain(String.format("line %053d\n", 1));
        // Whole, without a gap between one file and the next.
        List<String> lines =
                log.lines().filter(line -> line.startsWith("line ")).toList();
        int first = 1000 - lines.size();
        // What a terminal gives at once, 4095 bytes at most, is in one file: each of the rotated ones is half full.
        assertThat(lines).hasSizeGreaterThan(3 * 4096 / 60).element(0).isEqualTo(String.format("line %053d", first));
        assertThat(lines).element(lines.size() - 1).isEqualTo(String.format("line %053d", 999));
    }

    @Test
    @NeedsOwnFiles
    void keepsNoLogIfItIsConfiguredToHaveNone() throws Exception {
        Container container = host.start(writing(ConsoleSettings.DEFAULT.noLog(), OnExit.KILL));
        container.console().waitFor("all", LONG);
        container.stop();
        assertThat(container.console().log()).isEmpty();
        assertThat(logs(container)).isEmpty();
        // By its log alone the console of a container that is kept gets to other JVMs.
        Container kept = host.start(writing(ConsoleSettings.DEFAULT.noLog(), OnExit.KEEP));
        kept.console().waitFor("all", LONG);
        kept.stop();
        for (Path file : logs(kept)) {
            assertThat(Files.size(file)).isLessThanOrEqualTo(ByteSize.kib(4).bytes());
        }
    }

    @Test
    void remembersAsMuchAsItsBufferHolds() throws Exception {
        Container container = host.start(writing(ConsoleSettings.DEFAULT.bufferSize(ByteSize.kib(1)), OnExit.KILL));
        container.console().waitFor("all", LONG);
        String tail = container.console().tailText(1000);
        assertThat(tail.length()).isLessThanOrEqualTo(1024);
        assertThat(tail).endsWith("all").contains(String.format("line %053d", 999));
    }

    @Test
    void goesOnAfterTheNextStart() throws Exception {
        Container container = host.start(ECHO);
        Console console = container.console();
        console.waitFor("hello", LONG);
        container.stop();
        assertThatThrownBy(() -> console.send("nobody\n"))
                .isInstanceOf(LxjException.class)
                .hasMessageContaining("isn't running");
        container.start();
        console.send("again\n");
        console.waitFor("got again", LONG);
    }
}

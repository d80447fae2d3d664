package io.lxj;

import static org.assertj.core.api.Assertions.assertThat;

import io.lxj.config.State;
import io.lxj.storage.OtherJvm;
import io.lxj.testing.LeaksNothing;
import io.lxj.testing.NeedsContainers;
import io.lxj.testing.NeedsOwnFiles;
import io.lxj.testing.NeedsRootfs;
import io.lxj.testing.StateFolder;
import io.lxj.testing.TestRootfs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The console of a container that passes from one JVM to the next, and is without one in between. */
@NeedsContainers
@NeedsOwnFiles
@NeedsRootfs("busybox")
@LeaksNothing
@Timeout(120)
class KeptConsoleTest {
    private static final Pattern LINE = Pattern.compile("line (\\d+) end\r?\n");

    @StateFolder
    Path parent;

    private Path folder() {
        return parent.resolve("state");
    }

    @BeforeEach
    void prepare() throws IOException {
        Files.createDirectory(parent.resolve("shared"));
        try (Lxj lxj = Lxj.open(folder())) {
            lxj.images().importTarball("busybox", TestRootfs.find("busybox"));
        }
    }

    @AfterEach
    void remove() throws IOException {
        try (Lxj lxj = Lxj.open(folder())) {
            lxj.containers().list().stream()
                    .filter(left -> left.state() != State.STOPPED)
                    .forEach(Container::stop);
        }
        TestLxj.remove(folder());
    }

    private static String line(int number) {
        return "line " + number + " end";
    }

    /** Waits until the log has a line, without opening lxj. */
    private void awaitLogged(int number) throws Exception {
        Path log = folder().resolve("containers/kept/console.log");
        while (!Files.exists(log) || !Files.readString(log).contains(line(number))) {
            Thread.sleep(10);
        }
    }

    @Test
    void everyLineIsInTheLogOnceAndInOrderWhoeverWasThereToReadIt() throws Exception {
        String count = "i=0; while :; do echo \"line $i end\"; i=$((i+1)); sleep 0.005; done";
        try (OtherJvm first = OtherJvm.start(KeepingJvm.class, folder(), parent.resolve("shared"), count, "wait")) {
            assertThat(first.line()).matches("\\d+");
            awaitLogged(50);
            first.kill();
        }
        awaitLogged(100);
        try (Lxj second = Lxj.open(folder())) {
            second.containers().get("kept").console().waitFor(line(150), TestLxj.LONG);
        }
        awaitLogged(200);
        try (Lxj third = Lxj.open(folder())) {
            Container kept = third.containers().get("kept");
            Console console = kept.console();
            console.waitFor(line(250), TestLxj.LONG);
            kept.stop();
            List<Integer> logged = numbers(console.log());
            assertThat(logged)
                    .hasSizeGreaterThan(250)
                    .isEqualTo(IntStream.range(0, logged.size()).boxed().toList());
            assertThat(numbers(Files.readString(folder().resolve("containers/kept/console.log"))))
                    .isEqualTo(logged);
            List<Integer> shown = numbers(new String(console.read()));
            assertThat(shown)
                    .isEqualTo(IntStream.rangeClosed(shown.get(0), logged.size() - 1)
                            .boxed()
                            .toList());
            kept.destroy();
        }
    }

    private static List<Integer> numbers(String text) {
        return LINE.matcher(text)
                .results()
                .map((MatchResult result) -> Integer.valueOf(result.group(1)))
                .toList();
    }
}

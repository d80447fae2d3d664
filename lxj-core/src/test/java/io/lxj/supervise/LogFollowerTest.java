package io.lxj.supervise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lxj.linux.Directory;
import io.lxj.linux.Fd;
import io.lxj.linux.Open;
import io.lxj.linux.Pipe;
import io.lxj.testing.LeaksNothing;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The test writes and rotates the log as the keeper does. */
@LeaksNothing
@Timeout(120)
class LogFollowerTest {
    private static final int CAPACITY = 16 * 1024 * 1024;
    private static final Duration LONG = Duration.ofSeconds(60);

    @TempDir
    private Path folder;

    private final List<LogFollower> opened = new ArrayList<>();
    private Supervisor supervisor;
    private final ConsoleOutput output = new ConsoleOutput(CAPACITY);

    @BeforeEach
    void open() throws IOException {
        supervisor = Supervisor.open();
        output.begin();
    }

    private LogFollower follow() throws IOException {
        opened.add(LogFollower.open(supervisor, directory(), output));
        return opened.get(opened.size() - 1);
    }

    private void takeOver(ConsoleOutput target) throws IOException {
        opened.add(LogFollower.takeOver(supervisor, directory(), target));
    }

    @AfterEach
    void close() {
        opened.forEach(LogFollower::close);
        output.end();
        supervisor.close();
    }

    private Directory directory() throws IOException {
        return new Directory(Fd.open(folder, Open.O_RDONLY | Open.O_DIRECTORY, 0));
    }

    private Path log(int age) {
        return folder.resolve(age == 0 ? "console.log" : "console.log." + age);
    }

    private void write(String text) throws IOException {
        Files.writeString(log(0), text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    private void rotate(int rotations) throws IOException {
        for (int age = rotations; age > 0; age--) {
            if (Files.exists(log(age - 1))) {
                Files.move(log(age - 1), log(age), StandardCopyOption.ATOMIC_MOVE);
            }
        }
        if (rotations == 0) {
            Files.delete(log(0));
        }
    }

    private void await(String text) throws InterruptedException {
        try (OutputFollower follower = output.followFromStart()) {
            assertThat(new OutputSearch<>(follower, seen -> seen.contains(text) ? Optional.of(seen) : Optional.empty())
                            .await(LONG)
                            .found())
                    .as(text)
                    .isPresent();
        }
    }

    private String text() {
        return new String(output.tail(CAPACITY), StandardCharsets.US_ASCII);
    }

    @Test
    void followsTheLogFromItsEndOnThroughRotations() throws Exception {
        write("earlier run\n");
        follow();
        write("one\n");
        await("one");
        write("two\n");
        rotate(2);
        write("three\n");
        await("three");
        rotate(2);
        rotate(2);
        write("four\n");
        await("four");
        assertThat(text()).isEqualTo("one\ntwo\nthree\nfour\n");
    }

    @Test
    void waitsForALogThatIsNotThereYet() throws Exception {
        follow();
        write("first\n");
        await("first");
        assertThat(text()).isEqualTo("first\n");
    }

    @Test
    void followsALogOfWhichNothingOldIsKept() throws Exception {
        follow();
        for (int i = 0; i < 50; i++) {
            write("line " + i + ".\n");
            await("line " + i + ".");
            rotate(0);
        }
        assertThat(text().lines()).hasSize(50);
    }

    @Test
    void missesNothingWhileTheLogIsRotatedQuickly() throws Exception {
        StringBuilder expected = new StringBuilder();
        LogFollower follower = follow();
        for (int i = 0; i < 5000; i++) {
            String line = "this is line " + i + " of the log\n";
            expected.append(line);
            write(line);
            if (i % 60 == 59) {
                rotate(100);
            }
        }
        follower.finish();
        assertThat(text()).isEqualTo(expected.toString());
    }

    @Test
    void goesOnInOrderWhereItWasTooSlow() throws Exception {
        LogFollower follower = follow();
        int last = 20_000;
        for (int i = 0; i <= last; i++) {
            write(String.format("%09d%n", i));
            if (i % 5 == 4) {
                rotate(1);
            }
        }
        follower.finish();
        List<Integer> numbers = text().lines().map(Integer::parseInt).toList();
        assertThat(numbers).doesNotHaveDuplicates().isSorted().endsWith(last);
    }

    @Test
    void hasEveryLastByteWhenItIsFinished() throws Exception {
        for (int i = 0; i < 100; i++) {
            LogFollower follower = follow();
            write("before " + i + ";");
            rotate(3);
            write("after " + i + ";");
            follower.finish();
            assertThat(text()).endsWith("before " + i + ";after " + i + ";");
        }
    }

    @Test
    void takesOverWithTheEndOfTheLogAsFarAsItFits() throws Exception {
        ConsoleOutput small = new ConsoleOutput(1000);
        small.begin();
        for (int i = 0; i < 10; i++) {
            write(Integer.toString(i).repeat(300));
            rotate(5);
        }
        write("x".repeat(150));
        takeOver(small);
        assertThat(new String(small.tail(CAPACITY), StandardCharsets.US_ASCII))
                .isEqualTo("7".repeat(250) + "8".repeat(300) + "9".repeat(300) + "x".repeat(150));
        write("and on\n");
        try (OutputFollower on = small.followFromStart()) {
            assertThat(new OutputSearch<>(on, seen -> seen.contains("and on") ? Optional.of(seen) : Optional.empty())
                            .await(LONG)
                            .found())
                    .isPresent();
        }
        small.end();
    }

    @Test
    void takesOverAnEmptyOrMissingLog() throws Exception {
        LogFollower.takeOver(supervisor, directory(), output).close();
        write("");
        takeOver(output);
        assertThat(output.tail(CAPACITY)).isEmpty();
        write("hello\n");
        await("hello");
    }

    @Test
    void aFloodOfOneLogStarvesNoOther() throws Exception {
        Path other = Files.createDirectory(folder.resolve("other"));
        ConsoleOutput quiet = new ConsoleOutput(4096);
        quiet.begin();
        // The reading of as much as this takes many turns.
        write("flood\n".repeat(2_000_000));
        ConsoleOutput flooded = new ConsoleOutput(CAPACITY);
        flooded.begin();
        LogFollower flood = LogFollower.takeOver(supervisor, directory(), flooded);
        Directory directory = new Directory(Fd.open(other, Open.O_RDONLY | Open.O_DIRECTORY, 0));
        LogFollower calm = LogFollower.open(supervisor, directory, quiet);
        for (int i = 0; i < 20; i++) {
            write("flood\n".repeat(20_000));
            Files.writeString(other.resolve("console.log"), "x", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        }
        calm.finish();
        flood.finish();
        assertThat(quiet.tail(CAPACITY)).hasSize(20);
        assertThat(flooded.tail(CAPACITY)).hasSize(6 * 2_400_000);
        quiet.end();
        flooded.end();
    }

    @Test
    void followsManyLogsWithOneInotify() throws Exception {
        int many = 300;
        List<LogFollower> followers = new ArrayList<>();
        List<ConsoleOutput> outputs = new ArrayList<>();
        for (int i = 0; i < many; i++) {
            Path place = Files.createDirectory(folder.resolve("c" + i));
            Directory directory = new Directory(Fd.open(place, Open.O_RDONLY | Open.O_DIRECTORY, 0));
            outputs.add(new ConsoleOutput(1024));
            outputs.get(i).begin();
            followers.add(LogFollower.open(supervisor, directory, outputs.get(i)));
        }
        for (int i = 0; i < many; i++) {
            Files.writeString(folder.resolve("c" + i).resolve("console.log"), "output of " + i + ".");
        }
        for (int i = 0; i < many; i++) {
            String expected = "output of " + i + ".";
            try (OutputFollower follower = outputs.get(i).followFromStart()) {
                assertThat(new OutputSearch<>(
                                        follower, seen -> seen.equals(expected) ? Optional.of(seen) : Optional.empty())
                                .await(LONG)
                                .found())
                        .isPresent();
            }
            followers.get(i).close();
            outputs.get(i).end();
        }
    }

    @Test
    void twoCanFollowTheSameFolder() throws Exception {
        ConsoleOutput second = new ConsoleOutput(1024);
        second.begin();
        follow();
        LogFollower two = LogFollower.open(supervisor, directory(), second);
        two.close();
        two.close();
        write("still followed");
        await("still followed");
        second.end();
        assertThat(second.tail(10)).isEmpty();
    }

    @Test
    void refusesWhatIsNoFolder() throws Exception {
        try (Pipe pipe = Pipe.open()) {
            Fd copy = pipe.reader().duplicate();
            try (Directory none = new Directory(copy)) {
                assertThatThrownBy(() -> LogFollower.open(supervisor, none, output))
                        .isInstanceOf(IOException.class)
                        .hasMessageContaining("ENOTDIR");
            }
        }
    }
}

package io.lxj.supervise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class ConsoleOutputTest {
    private static final int MEBIBYTE = 1024 * 1024;

    private final ConsoleOutput output = new ConsoleOutput(16);

    private static void append(ConsoleOutput output, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        output.append(bytes, bytes.length);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.US_ASCII);
    }

    private static String readAll(OutputFollower follower) throws InterruptedException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        byte[] chunk = new byte[3];
        int count;
        while ((count = follower.read(chunk, 0, chunk.length)) >= 0) {
            all.write(chunk, 0, count);
        }
        return text(all.toByteArray());
    }

    @Test
    void keepsTheLatestOutputAcrossRuns() {
        output.begin();
        append(output, "first run\n");
        output.end();
        output.begin();
        append(output, "second run\n");
        assertThat(text(output.tail(100))).isEqualTo(" run\nsecond run\n");
        assertThat(text(output.tail(5))).isEqualTo(" run\n");
        assertThat(output.tail(0)).isEmpty();
        assertThat(output.tail(-1)).isEmpty();
    }

    @Test
    void followsFromNowOrFromTheBeginningOfTheRun() throws Exception {
        output.begin();
        append(output, "old");
        output.end();
        output.begin();
        append(output, "early,");
        try (OutputFollower fromStart = output.followFromStart();
                OutputFollower fromNow = output.follow()) {
            append(output, "late");
            output.end();
            assertThat(readAll(fromStart)).isEqualTo("early,late");
            assertThat(readAll(fromNow)).isEqualTo("late");
            assertThat(fromStart.lost()).isZero();
        }
    }

    @Test
    void followsARebootWithoutAnEnd() throws Exception {
        output.begin();
        try (OutputFollower follower = output.follow()) {
            append(output, "down,");
            output.begin();
            append(output, "up");
            try (OutputFollower second = output.followFromStart()) {
                output.end();
                assertThat(readAll(follower)).isEqualTo("down,up");
                assertThat(readAll(second)).isEqualTo("up");
            }
        }
    }

    @Test
    void thereIsNothingToWaitForInAStoppedContainer() throws Exception {
        output.begin();
        append(output, "gone");
        output.end();
        assertThat(output.isRunning()).isFalse();
        assertThat(readAll(output.followFromStart())).isEqualTo("gone");
        assertThat(readAll(output.follow())).isEmpty();
    }

    @Test
    void saysHowMuchWasLostBeforeTheFollowerCame() throws Exception {
        output.begin();
        append(output, "0123456789abcdefghij");
        try (OutputFollower follower = output.followFromStart()) {
            output.end();
            assertThat(follower.lost()).isEqualTo(4);
            assertThat(readAll(follower)).isEqualTo("456789abcdefghij");
        }
    }

    @Test
    void aSlowFollowerLosesTheOldestBytesAndHoldsNobodyUp() throws Exception {
        output.begin();
        try (OutputFollower slow = output.follow();
                OutputFollower quick = output.follow()) {
            byte[] kibibyte = new byte[1024];
            byte[] read = new byte[2 * 1024];
            int total = 3 * 1024 + 1;
            for (int i = 0; i < total; i++) {
                kibibyte[0] = (byte) i;
                kibibyte[1] = (byte) (i >> 8);
                output.append(kibibyte, kibibyte.length);
                assertThat(quick.read(read, 0, read.length)).isEqualTo(1024);
                assertThat(read[0]).isEqualTo((byte) i);
            }
            assertThat(quick.lost()).isZero();
            assertThat(slow.lost()).isEqualTo((long) total * 1024 - MEBIBYTE);
            assertThat(slow.available()).isEqualTo(MEBIBYTE);
            for (int i = total - 1024; i < total; i++) {
                assertThat(slow.read(read, 0, 1024)).isEqualTo(1024);
                assertThat((read[0] & 0xff) | (read[1] & 0xff) << 8).isEqualTo(i);
            }
            assertThat(slow.poll(read, 0, 1)).isZero();
        }
    }

    @Test
    void aReaderIsWokenByOutputByTheEndByCloseAndByAnInterrupt() throws Exception {
        output.begin();
        byte[] one = new byte[1];
        OutputFollower follower = output.follow();
        CompletableFuture<Integer> read = readInThread(follower, one);
        append(output, "x");
        assertThat(read.get(60, TimeUnit.SECONDS)).isEqualTo(1);
        assertThat(one).containsExactly('x');

        read = readInThread(follower, one);
        follower.close();
        assertThat(read.get(60, TimeUnit.SECONDS)).isEqualTo(-1);

        OutputFollower second = output.follow();
        read = readInThread(second, one);
        output.end();
        assertThat(read.get(60, TimeUnit.SECONDS)).isEqualTo(-1);

        output.begin();
        OutputFollower third = output.follow();
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> third.read(one, 0, 1)).isInstanceOf(InterruptedException.class);
        assertThat(third.read(one, 1, Duration.ofMillis(1))).isZero();
        append(output, "y");
        assertThat(third.read(one, 1, Duration.ZERO)).isEqualTo(1);
    }

    private static CompletableFuture<Integer> readInThread(OutputFollower follower, byte[] target) {
        CompletableFuture<Integer> result = new CompletableFuture<>();
        Thread reader = new Thread(() -> {
            try {
                result.complete(follower.read(target, 0, target.length));
            } catch (InterruptedException e) {
                result.completeExceptionally(e);
            }
        });
        reader.start();
        return result;
    }

    /** Notes what it is told. */
    private static final class Notes implements OutputListener {
        private final List<String> told = new ArrayList<>();

        @Override
        public void output(byte[] bytes) {
            told.add(text(bytes));
        }

        @Override
        public void lost(long bytes) {
            told.add(bytes + " lost");
        }

        @Override
        public void ended() {
            told.add("ended");
        }
    }

    private static void runAll(Queue<Runnable> tasks) {
        while (!tasks.isEmpty()) {
            tasks.remove().run();
        }
    }

    @Test
    void tellsAListenerInOrderAndOfTheEnd() {
        Queue<Runnable> tasks = new ArrayDeque<>();
        Notes notes = new Notes();
        output.begin();
        append(output, "before");
        output.listen(notes, tasks::add);
        append(output, "one,");
        append(output, "two");
        assertThat(tasks).hasSize(1);
        runAll(tasks);
        append(output, "three");
        output.end();
        runAll(tasks);
        assertThat(notes.told).containsExactly("one,two", "three", "ended");
    }

    @Test
    void tellsAListenerOfALoss() {
        Queue<Runnable> tasks = new ArrayDeque<>();
        Notes notes = new Notes();
        output.begin();
        output.listen(notes, tasks::add);
        output.append(new byte[MEBIBYTE], MEBIBYTE);
        append(output, "lost!");
        output.end();
        runAll(tasks);
        assertThat(notes.told).startsWith("5 lost").endsWith("ended").hasSize(66);
        assertThat(notes.told.get(64)).endsWith("lost!");
    }

    @Test
    void aListenerThatThrowsIsToldOfTheRestAndAClosedOneOfNothing() {
        Queue<Runnable> tasks = new ArrayDeque<>();
        Notes notes = new Notes();
        OutputListener failing = new OutputListener() {
            @Override
            public void output(byte[] bytes) {
                notes.output(bytes);
                throw new IllegalStateException("meant to fail");
            }

            @Override
            public void lost(long bytes) {
                notes.lost(bytes);
            }

            @Override
            public void ended() {
                notes.ended();
            }
        };
        output.begin();
        Registration listening = output.listen(failing, tasks::add);
        append(output, "one");
        assertThatThrownBy(tasks.remove()::run).hasMessage("meant to fail");
        append(output, "two");
        while (!tasks.isEmpty()) {
            Runnable task = tasks.remove();
            try {
                task.run();
            } catch (IllegalStateException e) {
                assertThat(e).hasMessage("meant to fail");
            }
        }
        append(output, "three");
        listening.close();
        output.end();
        runAll(tasks);
        assertThat(notes.told).containsExactly("one", "two");
    }
}

package io.lxj.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lxj.testing.LeaksNothing;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

@LeaksNothing
class StreamsTest {
    private static byte[] random(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    private static void transfer(int flags, int length) throws Exception {
        byte[] sent = random(length);
        Pipe pipe = Pipe.open(flags);
        try (InputStream in = new FdInputStream(pipe.reader())) {
            CompletableFuture<Void> writer = CompletableFuture.runAsync(() -> {
                try (OutputStream out = new FdOutputStream(pipe.writer())) {
                    out.write(sent[0] & 0xFF);
                    out.write(sent, 1, sent.length - 1);
                } catch (IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
            });
            assertThat(in.read()).isEqualTo(sent[0] & 0xFF);
            assertThat(in.readAllBytes()).isEqualTo(Arrays.copyOfRange(sent, 1, sent.length));
            assertThat(in.read()).isEqualTo(-1);
            writer.get();
        }
    }

    @Test
    void aPipeCarriesMoreThanItHolds() throws Exception {
        transfer(0, 1_000_003);
    }

    @Test
    void aPipeThatDoesNotBlockIsWaitedFor() throws Exception {
        transfer(Open.O_NONBLOCK, 1_000_003);
    }

    @Test
    void availableTellsWhatCanBeReadAtOnce() throws Exception {
        try (Pipe pipe = Pipe.open();
                InputStream in = new FdInputStream(pipe.reader())) {
            assertThat(in.available()).isZero();
            pipe.writer().write(new byte[17]);
            assertThat(in.available()).isEqualTo(17);
            assertThat(in.read(new byte[100], 50, 0)).isZero();
        }
    }

    @Test
    void writingToNobodyFails() throws Exception {
        Pipe pipe = Pipe.open();
        pipe.reader().close();
        try (OutputStream out = new FdOutputStream(pipe.writer())) {
            assertThatThrownBy(() -> out.write(1))
                    .isInstanceOf(LinuxException.class)
                    .hasMessageContaining("EPIPE");
        }
    }

    @Test
    void aClosedStreamSaysSo() throws Exception {
        try (Pipe pipe = Pipe.open()) {
            InputStream in = new FdInputStream(pipe.reader());
            OutputStream out = new FdOutputStream(pipe.writer());
            in.close();
            in.close();
            out.close();
            assertThatThrownBy(in::read).isInstanceOf(IOException.class).hasMessage("the stream is closed");
            assertThatThrownBy(in::available).isInstanceOf(IOException.class);
            assertThatThrownBy(() -> out.write(1))
                    .isInstanceOf(IOException.class)
                    .hasMessage("the stream is closed");
        }
    }

    @Test
    void closingWhileAThreadReadsKeepsTheNumberUntilTheReadIsOver() throws Exception {
        Pipe pipe = Pipe.open();
        try (Fd writer = pipe.writer()) {
            int number = pipe.reader().number();
            InputStream in = new FdInputStream(pipe.reader());
            CompletableFuture<Integer> reading = new CompletableFuture<>();
            Thread reader = new Thread(() -> {
                try {
                    reading.complete(in.read());
                } catch (IOException e) {
                    reading.completeExceptionally(e);
                }
            });
            reader.start();
            while (!isRead(number)) {
                Thread.onSpinWait();
            }
            in.close();
            try (Pipe other = Pipe.open()) {
                assertThat(other.reader().number()).isNotEqualTo(number);
                assertThat(other.writer().number()).isNotEqualTo(number);
            }
            writer.write(new byte[] {7});
            assertThat(reading.get()).isEqualTo(7);
            reader.join();
            assertThat(target(number)).isNotEqualTo(target(writer.number()));
        }
    }

    /** What a descriptor of this process refers to; both ends of a pipe are the same. */
    private static String target(int number) throws IOException {
        try {
            return Files.readSymbolicLink(Path.of("/proc/self/fd/" + number)).toString();
        } catch (NoSuchFileException e) {
            return "nothing";
        }
    }

    /** Whether a thread of this process is blocked in a read of a descriptor: proc_pid_syscall(5). */
    private static boolean isRead(int number) throws IOException {
        String call = Syscall.READ.number(Architecture.current()) + " 0x" + Integer.toHexString(number) + " ";
        try (Stream<Path> tasks = Files.list(Path.of("/proc/self/task"))) {
            for (Path task : tasks.toList()) {
                try {
                    if (Files.readString(task.resolve("syscall")).startsWith(call)) {
                        return true;
                    }
                } catch (IOException e) {
                    // The thread has ended since it was listed.
                    assertThat(task).doesNotExist();
                }
            }
        }
        return false;
    }
}

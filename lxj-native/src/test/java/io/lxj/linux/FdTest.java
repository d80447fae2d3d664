package io.lxj.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lxj.testing.LeaksNothing;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@LeaksNothing
class FdTest {
    @TempDir
    Path folder;

    @Test
    void readsAndWrites() throws Exception {
        Path path = folder.resolve("file");
        byte[] large = new byte[200_000];
        large[199_999] = 7;
        try (Fd file = Fd.open(path, Open.O_RDWR | Open.O_CREAT, 0600)) {
            file.write(large);
            file.write(new byte[0]);
            Block block = Block.allocate(10);
            assertThat(file.read(block, 2, 8, 199_999)).isEqualTo(1);
            assertThat(block.buffer().get(2)).isEqualTo((byte) 7);
            assertThat(file.read(block, 0, 10)).as("at the end").isZero();
            assertThat(file.stat().size()).isEqualTo(200_000);
            file.sync();
        }
        assertThat(path).hasBinaryContent(large);
    }

    @Test
    void readAllTakesFilesOfAnySize() throws Exception {
        for (int size : new int[] {0, 1, 16 * 1024, 16 * 1024 + 1, 100_000}) {
            byte[] content = new byte[size];
            new Random(size).nextBytes(content);
            Path path = Files.write(folder.resolve("file"), content);
            try (Fd file = Fd.find(FileName.bytes(path), Open.O_RDONLY).orElseThrow()) {
                assertThat(file.readAll(size)).isEqualTo(content);
            }
        }
        assertThat(Fd.find(FileName.bytes(folder.resolve("none")), Open.O_RDONLY))
                .isEmpty();
    }

    @Test
    void readAllHasALimit() throws Exception {
        Path path = Files.writeString(folder.resolve("file"), "0123456789");
        try (Fd file = Fd.open(path, Open.O_RDONLY, 0);
                Fd again = Fd.open(path, Open.O_RDONLY, 0)) {
            assertThat(new String(file.readAll(10), StandardCharsets.US_ASCII)).isEqualTo("0123456789");
            assertThatThrownBy(() -> again.readAll(9)).hasMessageContaining("EFBIG");
        }
    }

    @Test
    void closingTwiceClosesNothingElse() throws Exception {
        Fd first = Fd.open(folder, Open.O_RDONLY, 0);
        int number = first.number();
        first.close();
        try (Fd second = Fd.open(folder, Open.O_RDONLY, 0)) {
            assertThat(second.number()).isEqualTo(number);
            first.close();
            assertThat(second.stat().isDirectory()).isTrue();
        }
        assertThatThrownBy(first::number).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> first.call(Syscall.FSYNC)).isInstanceOf(IllegalStateException.class);
        assertThat(first.isOpen()).isFalse();
        assertThat(first).hasToString("fd " + number + " (closed)");
    }

    @Test
    void descriptorsAreClosedOnExec() throws Exception {
        try (Fd file = Fd.open(folder, Open.O_RDONLY, 0);
                Fd copy = file.duplicate()) {
            int getFlags = 1;
            assertThat(file.call(Syscall.FCNTL, getFlags)).isEqualTo(1);
            assertThat(copy.call(Syscall.FCNTL, getFlags)).isEqualTo(1);
            assertThat(copy.stat().isSameFile(file.stat())).isTrue();
        }
    }

    /** Threads use a descriptor while another closes it: each call works on the right file or says that it is closed. */
    @Test
    void closingWhileOthersUseItNeverHitsAnotherFile() throws Exception {
        Path path = Files.writeString(folder.resolve("file"), "x");
        long inode = Stat.of(Open.AT_FDCWD, FileName.bytes(path), 0).inode();
        AtomicReference<Throwable> failure = new AtomicReference<>();
        for (int round = 0; round < 200 && failure.get() == null; round++) {
            Fd file = Fd.open(path, Open.O_RDONLY, 0);
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                threads.add(new Thread(() -> useUntilClosed(file, inode, failure)));
            }
            threads.forEach(Thread::start);
            file.close();
            Fd.open(folder, Open.O_RDONLY, 0).close();
            for (Thread thread : threads) {
                thread.join();
            }
        }
        assertThat(failure.get()).isNull();
    }

    private static void useUntilClosed(Fd file, long inode, AtomicReference<Throwable> failure) {
        try (Scratch scratch = Scratch.open()) {
            Block statx = scratch.block(256);
            long empty = scratch.string("");
            while (true) {
                long result = file.call(Syscall.STATX, empty, Open.AT_EMPTY_PATH, 0x7ff, statx.address());
                if (result != 0 || statx.buffer().getLong(32) != inode) {
                    failure.set(new AssertionError("result " + result + ", another file"));
                    return;
                }
            }
        } catch (IllegalStateException e) {
            // Closed: what is expected in the end.
            return;
        }
    }

    @Test
    void errorsNameCallArgumentsAndErrno() {
        assertThatThrownBy(() -> Fd.open(Path.of("/no/such"), Open.O_RDONLY, 0))
                .isInstanceOf(LinuxException.class)
                .hasMessage("openat(AT_FDCWD, \"/no/such\", 0x0, 0): ENOENT (No such file or directory)");
        assertThatThrownBy(() -> new Fd(-1)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void scratchScopesNestAndGrow() {
        try (Scratch outer = Scratch.open()) {
            Block first = outer.block(16);
            first.buffer().putLong(0, 42);
            for (int round = 0; round < 3; round++) {
                try (Scratch inner = Scratch.open()) {
                    Block large = inner.zeroed(1 << 20);
                    assertThat(large.length()).isEqualTo(1 << 20);
                    assertThat(large.buffer().getLong((1 << 20) - 8)).isZero();
                    Block small = inner.zeroed(1000);
                    assertThat(small.address() % 8).isZero();
                    assertThat(small.address()).isNotEqualTo(first.address());
                    for (int i = 0; i < 1000; i++) {
                        assertThat(small.buffer().get(i)).isZero();
                        small.buffer().put(i, (byte) 1);
                    }
                }
            }
            assertThat(first.buffer().getLong(0)).isEqualTo(42);
        }
    }
}

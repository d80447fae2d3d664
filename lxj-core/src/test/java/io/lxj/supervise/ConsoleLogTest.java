package io.lxj.supervise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lxj.linux.Block;
import io.lxj.linux.Directory;
import io.lxj.linux.Fd;
import io.lxj.linux.Open;
import io.lxj.testing.LeaksNothing;
import io.lxj.testing.NeedsRoot;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@LeaksNothing
@Timeout(120)
class ConsoleLogTest {
    @TempDir
    private Path folder;

    private Directory directory() throws IOException {
        return new Directory(Fd.open(folder, Open.O_RDONLY | Open.O_DIRECTORY, 0));
    }

    private ConsoleLog open(long limit, int rotations) throws IOException {
        return ConsoleLog.open("test", directory(), limit, rotations);
    }

    private static void append(ConsoleLog log, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        Block block = Block.allocate(Math.max(1, bytes.length));
        block.buffer().put(0, bytes);
        log.append(block, bytes.length);
    }

    private String readAll() throws IOException {
        try (Directory directory = directory();
                InputStream all = new LogFiles(directory).open()) {
            return new String(all.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private String read(String name) throws IOException {
        return Files.readString(folder.resolve(name));
    }

    @Test
    void thereIsNoFileBeforeThereIsOutput() throws Exception {
        try (ConsoleLog log = open(10, 2)) {
            assertThat(folder).isEmptyDirectory();
            assertThat(readAll()).isEmpty();
            append(log, "a");
            assertThat(read("console.log")).isEqualTo("a");
        }
    }

    @Test
    void rotatesAndKeepsAsManyFilesAsItShould() throws Exception {
        try (ConsoleLog log = open(10, 2)) {
            append(log, "0123456789");
            assertThat(folder.resolve("console.log.1")).doesNotExist();
            append(log, "a");
            assertThat(read("console.log.1")).isEqualTo("0123456789");
            append(log, "bcdefghijABCDEFGHIJxyz");
            assertThat(read("console.log")).isEqualTo("xyz");
            assertThat(read("console.log.1")).isEqualTo("ABCDEFGHIJ");
            assertThat(read("console.log.2")).isEqualTo("abcdefghij");
            assertThat(folder.resolve("console.log.3")).doesNotExist();
            assertThat(readAll()).isEqualTo("abcdefghijABCDEFGHIJxyz");
        }
    }

    @Test
    void keepsNothingOldWithoutRotations() throws Exception {
        try (ConsoleLog log = open(10, 0)) {
            append(log, "0123456789abc");
            assertThat(folder).isDirectoryNotContaining("glob:**.1");
            assertThat(readAll()).isEqualTo("abc");
        }
    }

    @Test
    void goesOnWhereAnEarlierLogEnded() throws Exception {
        try (ConsoleLog log = open(10, 5)) {
            append(log, "0123456");
        }
        try (ConsoleLog log = open(10, 5)) {
            append(log, "789abc");
        }
        assertThat(read("console.log.1")).isEqualTo("0123456789");
        assertThat(readAll()).isEqualTo("0123456789abc");
    }

    @Test
    void removesWhatALargerSettingHadKept() throws Exception {
        try (ConsoleLog log = open(1, 5)) {
            append(log, "abcdef");
        }
        assertThat(readAll()).isEqualTo("abcdef");
        try (ConsoleLog log = open(1, 2)) {
            append(log, "g");
        }
        assertThat(readAll()).isEqualTo("efg");
    }

    @Test
    void fillsAGapThatAnInterruptedRotationLeft() throws Exception {
        try (ConsoleLog log = open(1, 5)) {
            append(log, "abcd");
            Files.delete(folder.resolve("console.log.2"));
            append(log, "e");
        }
        assertThat(readAll()).isEqualTo("acde");
        assertThat(folder.resolve("console.log.3")).exists();
        assertThat(folder.resolve("console.log.4")).doesNotExist();
    }

    @Test
    void isForItsOwnerOnly() throws Exception {
        Files.createFile(
                folder.resolve("console.log"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-r--r--")));
        try (ConsoleLog log = open(4, 1)) {
            append(log, "abcdef");
        }
        for (String name : new String[] {"console.log", "console.log.1"}) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve(name))))
                    .isEqualTo("rw-------");
        }
    }

    @Test
    void neverWritesThroughALink() throws Exception {
        Path target = Files.createFile(folder.resolve("precious"));
        Files.createSymbolicLink(folder.resolve("console.log"), target);
        try (Directory directory = directory()) {
            assertThatThrownBy(() -> ConsoleLog.open("test", directory, 10, 1)).hasMessageContaining("ELOOP");
        }
        Files.delete(folder.resolve("console.log"));
        Files.createDirectory(folder.resolve("console.log"));
        try (Directory directory = directory()) {
            assertThatThrownBy(() -> ConsoleLog.open("test", directory, 10, 1)).hasMessageContaining("EISDIR");
        }
        assertThat(target).isEmptyFile();
    }

    @Test
    void readsTheSameWhileItIsRotated() throws Exception {
        AtomicBoolean stop = new AtomicBoolean();
        try (ConsoleLog log = open(100, 3)) {
            Thread writer = new Thread(() -> {
                for (int i = 0; !stop.get(); i++) {
                    append(log, String.format("%09d%n", i));
                }
            });
            writer.start();
            try {
                for (int i = 0; i < 200; i++) {
                    // Numbers that follow one on the other, whatever was rotated away meanwhile.
                    String[] lines = readAll().split("\n");
                    for (int j = 1; j < lines.length && !lines[j].isEmpty() && !lines[j - 1].isEmpty(); j++) {
                        if (lines[j].length() == 9 && lines[j - 1].length() == 9) {
                            assertThat(Long.parseLong(lines[j])).isGreaterThan(Long.parseLong(lines[j - 1]));
                        }
                    }
                }
            } finally {
                stop.set(true);
                writer.join();
            }
        }
    }

    @Test
    @NeedsRoot("mounts a disk")
    void countsWhatAFullDiskKeptOutAndSaysSoInTheLog() throws Exception {
        Path disk = Files.createDirectory(folder.resolve("disk"));
        run("mount", "-t", "tmpfs", "-o", "size=16k,nr_inodes=10", "tmpfs", disk.toString());
        try {
            Directory directory = new Directory(Fd.open(disk, Open.O_RDONLY | Open.O_DIRECTORY, 0));
            try (ConsoleLog log = ConsoleLog.open("test", directory, 1024 * 1024, 1)) {
                Files.write(disk.resolve("ballast"), new byte[12 * 1024]);
                append(log, "x".repeat(4096));
                append(log, "lost".repeat(10));
                append(log, "more".repeat(5));
                Files.delete(disk.resolve("ballast"));
                append(log, "after");
            }
            assertThat(Files.readString(disk.resolve("console.log")))
                    .startsWith("xxxx")
                    .endsWith("]\r\nafter")
                    .contains("\r\n[lxj: 60 bytes are missing here: write(")
                    .contains("ENOSPC");
        } finally {
            run("umount", disk.toString());
        }
    }

    private static void run(String... command) throws IOException, InterruptedException {
        assertThat(new ProcessBuilder(command).inheritIO().start().waitFor()).isZero();
    }

    @Test
    void readsAnEmptyLogWhereThereIsNone() throws Exception {
        assertThat(readAll()).isEmpty();
    }
}

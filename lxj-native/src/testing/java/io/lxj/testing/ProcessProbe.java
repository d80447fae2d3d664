package io.lxj.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Children of this JVM and their descendants, zombies included. Where the host is ours alone, also every process that
 * runs from a memory file: a launch that lost its parent is init's child, but still the program that lxj made.
 */
final class ProcessProbe implements Probe {

    @Override
    public String kind() {
        return "process";
    }

    @Override
    public List<String> look() throws IOException {
        Stream<Long> descendants = ProcessHandle.current().descendants().map(ProcessHandle::pid);
        Stream<Long> launched = Host.isExclusive() ? memoryFileProcesses().stream() : Stream.of();
        return Stream.concat(descendants, launched)
                .distinct()
                .sorted()
                .map(pid -> Long.toString(pid))
                .toList();
    }

    private static List<Long> memoryFileProcesses() throws IOException {
        return Host.list(Path.of("/proc")).stream()
                .map(entry -> entry.getFileName().toString())
                .filter(name -> name.chars().allMatch(Character::isDigit))
                .filter(pid -> link(Path.of("/proc", pid, "exe")).orElse("").startsWith("/memfd:"))
                .map(Long::valueOf)
                .toList();
    }

    @Override
    public String describe(String leaked) throws IOException {
        Path process = Path.of("/proc", leaked);
        try {
            String state = Files.readAllLines(process.resolve("status")).stream()
                    .filter(line -> line.startsWith("State:"))
                    .findFirst()
                    .orElse("")
                    .replaceFirst("State:\\s*", "");
            String command = Files.readString(process.resolve("cmdline"))
                    .replace('\0', ' ')
                    .strip();
            return leaked + " [" + Files.readString(process.resolve("comm")).strip() + "] " + command + ", " + state;
        } catch (IOException e) {
            return leaked + ", gone meanwhile";
        }
    }

    @Override
    public void remove(String leaked) {
        ProcessHandle.of(Long.parseLong(leaked)).ifPresent(ProcessHandle::destroyForcibly);
    }

    static Optional<String> link(Path file) {
        try {
            return Optional.of(Files.readSymbolicLink(file).toString());
        } catch (IOException e) {
            return Optional.empty(); // a process or file that is gone, or a kernel thread, which has no executable
        }
    }
}

package io.lxj.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Who runs the tests, from /proc/self/status, see proc_pid_status(5). */
public final class Caller {
    private static final int CAP_SYS_ADMIN = 21;

    private Caller() {}

    /** Whether it is root, of whatever rights. */
    public static boolean isRoot() {
        return uid().equals("0");
    }

    private static String uid() {
        return statusField("Uid:").split("\\s+")[1];
    }

    /** What it lacks to be a root who can do everything. */
    static Optional<String> missingForRoot() {
        if (!isRoot()) {
            return Optional.of("needs root, but runs as uid " + uid());
        }
        if (!hasCapability(CAP_SYS_ADMIN)) {
            return Optional.of("needs root with CAP_SYS_ADMIN, which this root has not");
        }
        return Optional.empty();
    }

    /** Whether it has a capability, by the number of capabilities(7), to pass on. */
    public static boolean hasCapability(int number) {
        return new BigInteger(statusField("CapEff:"), 16).testBit(number);
    }

    /** Whether lines of this user are in /etc/subuid and /etc/subgid, as far as user.name says who it is. */
    public static boolean hasIds() {
        return hasLine("/etc/subuid") && hasLine("/etc/subgid");
    }

    private static boolean hasLine(String file) {
        Path path = Path.of(file);
        try {
            return Files.exists(path)
                    && Files.readAllLines(path).stream()
                            .anyMatch(line -> line.startsWith(System.getProperty("user.name") + ":"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String statusField(String name) {
        try {
            return Files.readAllLines(Path.of("/proc/self/status")).stream()
                    .filter(line -> line.startsWith(name))
                    .map(line -> line.substring(name.length()).strip())
                    .findFirst()
                    .orElseThrow(() -> new IllegalStateException("no " + name + " in /proc/self/status"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

package io.lxj.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Reads of the host that the probes share. What vanishes while it is looked at isn't there. */
final class Host {
    private Host() {}

    /** The temporary folder of this JVM. The build gives the tests one of their own below target/. */
    static Path temporaryFolder() {
        return Path.of(System.getProperty("java.io.tmpdir")).toAbsolutePath().normalize();
    }

    /** Whether the temporary folder belongs to this build alone, as opposed to everybody's /tmp. */
    static boolean ownsTemporaryFolder() {
        return TestRootfs.checkout()
                .filter(checkout -> temporaryFolder().startsWith(checkout))
                .isPresent();
    }

    /**
     * Whether nobody else is expected to change mounts, cgroups and processes of this host meanwhile. Continuous
     * integration has its host for itself; a developer's may run anything.
     */
    static boolean isExclusive() {
        return MustWork.isSet();
    }

    static List<Path> list(Path folder) throws IOException {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.toList();
        } catch (NoSuchFileException e) {
            return List.of();
        }
    }

    static Process run(String... command) throws IOException {
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
    }
}

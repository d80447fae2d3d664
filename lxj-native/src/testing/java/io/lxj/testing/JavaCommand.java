package io.lxj.testing;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The beginning of a command that runs a main class in another JVM of the kind that runs the tests. */
public final class JavaCommand {
    // Before that, JDKs don't know the option; from then on they warn on standard error without it.
    private static final int RESTRICTS_NATIVE_ACCESS = 22;

    private JavaCommand() {}

    /** The program, and what it has to be told to load native code silently; more options may follow. */
    public static List<String> begin() {
        Stream<String> access = Runtime.version().feature() < RESTRICTS_NATIVE_ACCESS
                ? Stream.empty()
                : Stream.of("--enable-native-access=ALL-UNNAMED");
        return Stream.of(
                        Stream.of(Path.of(System.getProperty("java.home"), "bin", "java")
                                .toString()),
                        // It decides which ids an ordinary user has.
                        Caller.isRoot()
                                ? Stream.<String>empty()
                                : Stream.of("-Duser.name=" + System.getProperty("user.name")),
                        access)
                .flatMap(options -> options)
                .toList();
    }
}

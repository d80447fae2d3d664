package io.lxj.testing;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Programs of the tests that are written in C, as nothing else is small or quick enough. Needs gcc. */
public final class CProgram {
    private static final Path SOURCES = Path.of("../lxj-native/src/testing/c");

    private CProgram() {}

    /**
     * Builds a program that needs no file but its own.
     *
     * @param source the name of its source
     * @param program the file to make
     * @param options more options of the compiler
     * @throws IOException if the compiler can't
     */
    public static void build(String source, Path program, String... options) throws IOException {
        List<String> command = new ArrayList<>(List.of("gcc", "-static", "-O1"));
        command.addAll(List.of(options));
        command.addAll(List.of(SOURCES.resolve(source).toString(), "-o", program.toString()));
        run(command);
    }

    static void run(List<String> command) throws IOException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes());
        int status = process.onExit().join().exitValue();
        if (status != 0) {
            throw new IOException(command + " ended with " + status + ": " + output);
        }
    }
}

package io.lxj.examples;

import io.lxj.testing.TestRootfs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs a program of {@code lxj-examples/bin} on the JDK that runs the tests, from a folder of its own. */
record Program(int exitCode, String output) {
    private static final int TIMEOUT_MINUTES = 5;

    static Program run(Path folder, String input, String name, String... arguments)
            throws IOException, InterruptedException {
        return runBy(List.of(), folder, input, name, arguments);
    }

    /** Runs it by another program, which executes what follows its arguments. */
    static Program runBy(List<String> starter, Path folder, String input, String name, String... arguments)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(starter);
        command.add(TestRootfs.checkout()
                .orElseThrow()
                .resolve("lxj-examples/bin")
                .resolve(name)
                .toString());
        command.addAll(List.of(arguments));
        Path stdin = Files.writeString(Files.createTempFile(folder, "stdin", ""), input);
        Path stdout = Files.createTempFile(folder, "stdout", "");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectInput(stdin.toFile())
                .redirectOutput(stdout.toFile())
                .redirectErrorStream(true);
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().put("TMPDIR", folder.toString());
        Process process = builder.start();
        if (!process.waitFor(TIMEOUT_MINUTES, TimeUnit.MINUTES)) {
            process.destroy();
            process.waitFor();
            throw new AssertionError(name + " did not end; its output: " + Files.readString(stdout));
        }
        return new Program(process.exitValue(), Files.readString(stdout));
    }
}

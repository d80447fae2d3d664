package io.lxj.examples.benchmark;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Programs of the host. */
final class HostCommand {
    private HostCommand() {}

    /** Runs a program to its end; its output is only looked at when it fails. */
    static void run(List<String> command) throws IOException, InterruptedException {
        File output = new File(System.getProperty("java.io.tmpdir"), "output");
        Process process = new ProcessBuilder(command)
                .redirectInput(new File("/dev/null"))
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(output)
                .start();
        int code = process.waitFor();
        if (code != 0) {
            throw new IOException(command.get(0) + " ended with " + code + ": "
                    + Files.readString(output.toPath()).strip());
        }
    }

    static void run(String... command) throws IOException, InterruptedException {
        run(List.of(command));
    }

    /** {@return what a program writes to its standard output} */
    static String output(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .redirectInput(new File("/dev/null"))
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return output.strip();
    }

    static boolean isInstalled(String name) {
        return find(name).isPresent();
    }

    private static Optional<Path> find(String name) {
        Stream<Path> folders =
                Arrays.stream(System.getenv("PATH").split(File.pathSeparator)).map(Path::of);
        return folders.map(folder -> folder.resolve(name))
                .filter(Files::isExecutable)
                .findFirst();
    }
}

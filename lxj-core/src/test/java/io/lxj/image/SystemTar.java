package io.lxj.image;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The tar of the host, which lxj is compared with. */
public final class SystemTar {
    private SystemTar() {}

    /** Unpacks as root in the way that an import is to equal. Without the mask, tar sets only "user" attributes. */
    public static void extract(Path archive, Path into, String... options) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(
                List.of("tar", "--numeric-owner", "--xattrs", "--xattrs-include=*", "-xpf", archive.toString()));
        command.addAll(List.of(options));
        run(into, command.toArray(String[]::new));
    }

    /** Packs everything in a folder. */
    public static void create(Path folder, Path archive, String... options) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("tar", "-cf", archive.toString()));
        command.addAll(List.of(options));
        command.add(".");
        run(folder, command.toArray(String[]::new));
    }

    /** Runs a command in a folder and fails with what it said if it fails. */
    public static void run(Path folder, String... command) throws IOException, InterruptedException {
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true);
        builder.environment().put("LC_ALL", "C");
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        if (process.waitFor() != 0) {
            throw new IOException(String.join(" ", command) + " ended with " + process.exitValue() + ": " + output);
        }
    }
}

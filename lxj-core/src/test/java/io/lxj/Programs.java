package io.lxj;

import java.io.IOException;

/** Programs of the host that a test needs. */
final class Programs {
    private Programs() {}

    /** Runs one to its end, which must be a good one, and returns what it wrote. */
    static String run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes()).strip();
        if (process.waitFor() != 0) {
            throw new IOException(String.join(" ", command) + ": " + output);
        }
        return output;
    }
}

package io.lxj;

import io.lxj.config.Config;
import io.lxj.error.LxjException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Tries to use lxj as whoever runs this, and says what came of it. */
public final class OpeningJvm {
    /** The environment variable with the archive to import. */
    static final String ARCHIVE = "LXJ_ARCHIVE";

    private OpeningJvm() {}

    /** Without arguments. */
    public static void main(String[] arguments) throws IOException {
        Path folder = Files.createTempDirectory("lxj-opening").resolve("state");
        try (Lxj lxj = Lxj.open(folder)) {
            Image image = lxj.images().importTarball("i", Path.of(System.getenv(ARCHIVE)));
            lxj.containers().create("c1", Config.of(image)).start();
            System.out.println("started");
        } catch (LxjException e) {
            System.out.println(e.getMessage());
        }
    }
}

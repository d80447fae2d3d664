package io.lxj;

import io.lxj.error.LxjException;
import java.io.IOException;
import java.nio.file.Files;

/** Opens a state folder as whoever runs this, and says what came of it. */
public final class OpeningAsUserJvm {
    private OpeningAsUserJvm() {}

    /** Without arguments. */
    public static void main(String[] arguments) throws IOException {
        try (Lxj lxj = Lxj.open(Files.createTempDirectory("lxj-opening").resolve("state"))) {
            System.out.println("opened " + lxj);
        } catch (LxjException e) {
            System.out.println("refused: " + e.getMessage());
        }
    }
}

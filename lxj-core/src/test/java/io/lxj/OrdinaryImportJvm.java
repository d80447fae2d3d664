package io.lxj;

import io.lxj.error.LxjException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** Imports a whole archive and a torn one as whoever runs this, and says what came of it. */
public final class OrdinaryImportJvm {
    /** The environment variable with the archive to import. */
    static final String ARCHIVE = "LXJ_ARCHIVE";

    private OrdinaryImportJvm() {}

    /** Without arguments. */
    public static void main(String[] arguments) throws IOException {
        Path temporary = Files.createTempDirectory("lxj-ordinary");
        Path folder = temporary.resolve("state");
        Path archive = Path.of(System.getenv(ARCHIVE));
        byte[] content = Files.readAllBytes(archive);
        Path torn = Files.write(temporary.resolve("torn.tar"), Arrays.copyOf(content, content.length / 2));
        try (Lxj lxj = Lxj.open(folder)) {
            Image image = lxj.images().importTarball("whole", archive);
            image.info().warnings().forEach(warning -> System.out.println("warning: " + warning));
            try {
                lxj.images().importTarball("torn", torn);
            } catch (LxjException e) {
                System.out.println("refused: " + e.getMessage());
            }
            lxj.images().list().forEach(known -> System.out.println("image: " + known.name()));
            image.delete();
        }
        for (String name : new String[] {"images", "tmp", "containers"}) {
            System.out.println(
                    name + ": " + Arrays.toString(folder.resolve(name).toFile().list()));
        }
    }
}

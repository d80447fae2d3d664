package io.lxj;

import io.lxj.error.LxjException;
import java.io.IOException;
import java.nio.file.Files;

/** Says what {@link Host#check()} says to whoever runs this, and whether a state folder can be opened and have an image. */
public final class CheckingJvm {
    private CheckingJvm() {}

    /** Without arguments. */
    public static void main(String[] arguments) throws IOException {
        System.out.print(Host.check());
        try (Lxj lxj = Lxj.open(Files.createTempDirectory("lxj-checking").resolve("state"))) {
            System.out.println("opened " + lxj);
            try (ImageBuilder builder = lxj.images().builder()) {
                Image image =
                        builder.write("/file", "").owner("/file", 65534, 65534).build("image");
                System.out.println("built " + image);
                image.delete();
            }
        } catch (LxjException e) {
            System.out.println("refused: " + e.getMessage());
        }
    }
}

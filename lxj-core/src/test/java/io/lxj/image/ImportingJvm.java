package io.lxj.image;

import io.lxj.config.ImportOptions;
import java.nio.file.Path;

/** Imports an archive in a JVM that was started in a locale of its own. */
public final class ImportingJvm {
    private ImportingJvm() {}

    /** The arguments: state folder, archive. */
    public static void main(String[] arguments) throws Exception {
        new ImageImporter(Path.of(arguments[0]))
                .importArchive("image", Path.of(arguments[1]), ImportOptions.defaults(), ImportWatch.none());
        System.out.println("imported");
    }
}

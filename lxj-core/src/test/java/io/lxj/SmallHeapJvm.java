package io.lxj;

import io.lxj.config.ImageInfo;
import io.lxj.config.ImportOptions;
import io.lxj.config.ImportProgress;
import io.lxj.error.ImportException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** Imports an archive as a file, as a stream and compressed, and one that is refused; says what came of each. */
final class SmallHeapJvm {
    private static ImportProgress last;

    private SmallHeapJvm() {}

    /** The arguments: a state folder, an archive, the same compressed, an archive that asks for more memory than there is. */
    public static void main(String[] arguments) throws Exception {
        Path archive = Path.of(arguments[1]);
        try (Lxj lxj = Lxj.open(Path.of(arguments[0]))) {
            Images images = lxj.images();
            show(images.importTarball("file", archive, ImportOptions.defaults(), progress -> last = progress));
            try (InputStream stream = Files.newInputStream(archive)) {
                show(images.importTarball("stream", stream, ImportOptions.defaults(), progress -> last = progress));
            }
            Path packed = Path.of(arguments[2]);
            show(images.importTarball("ahead", packed, ImportOptions.defaults(), progress -> last = progress));
            try {
                images.importTarball("hostile", Path.of(arguments[3]));
            } catch (ImportException e) {
                System.out.println(e.getMessage());
            }
            System.out.println(images.list().size());
        }
    }

    private static void show(Image image) {
        ImageInfo info = image.info();
        System.out.println(
                info.name() + " " + info.entries() + " " + info.size().bytes() + " "
                        + last.bytesRead().bytes() + " " + last.bytesTotal().isPresent());
        image.delete();
    }
}

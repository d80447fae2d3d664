package io.lxj.image;

import io.lxj.config.ByteSize;
import io.lxj.config.ImageDefaults;
import io.lxj.config.ImageInfo;
import io.lxj.linux.Directory;
import io.lxj.linux.Fd;
import io.lxj.linux.FileName;
import io.lxj.linux.Open;
import io.lxj.linux.RootDir;
import io.lxj.storage.SyncMarker;
import io.lxj.storage.TemporaryFolder;
import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/** Completes an image that was built. Stateless and thread-safe. */
public final class FinishedImage {
    private FinishedImage() {}

    /**
     * Takes the machine's id out of the tree, looks at it, writes down what is known of it, and gives the image its name
     * in one step.
     *
     * @param unfinished the folder of the image
     * @param images the folder of all images
     * @param root the root of its tree
     * @param name its name, checked by the caller
     * @param defaults what it brings along for its containers
     * @return what is known of it
     * @throws IOException if that fails; EEXIST if there is an image of that name
     */
    public static ImageInfo publish(
            TemporaryFolder unfinished, Directory images, RootDir root, String name, ImageDefaults defaults)
            throws IOException {
        MachineIdFiles.unset(new TreeFiles(root, OwnerMap.onDisk(root.fd())));
        long entries = 0;
        long bytes = 0;
        try (TreeReader reader = new TreeReader(root.fd(), false)) {
            for (TarEntry entry = reader.next(); entry != null; entry = reader.next()) {
                entries++;
                bytes += entry.stored();
            }
        }
        ImageInspector.Findings found = ImageInspector.inspect(root);
        ImageInfo info = new ImageInfo(
                name,
                Instant.now().truncatedTo(ChronoUnit.MILLIS),
                Optional.empty(),
                ByteSize.bytes(bytes),
                entries,
                found.os(),
                found.architecture(),
                found.initSystem(),
                found.init(),
                found.missing(),
                defaults);
        byte[] file = FileName.bytes(ImageFile.NAME);
        int create = Open.O_WRONLY | Open.O_CREAT | Open.O_TRUNC;
        try (Fd json = unfinished.directory().open(file, create, 0644)) {
            json.write(FileName.bytes(ImageFile.write(info)));
        }
        SyncMarker.mark(unfinished.directory());
        unfinished.moveTo(images, name);
        return info;
    }
}

package io.lxj;

import io.lxj.config.ImageInfo;
import io.lxj.config.ImportOptions;
import io.lxj.config.ImportProgress;
import io.lxj.image.ImageImporter;
import io.lxj.image.ImportWatch;
import io.lxj.lifecycle.Engine;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** The images of a state folder. Thread-safe, and safe against other JVMs on the same folder. */
public final class Images {
    private final Engine engine;

    Images(Engine engine) {
        this.engine = engine;
    }

    /**
     * Imports a root file system from an archive: tar, plain or compressed with gzip, xz, zstd or bzip2, which is
     * recognised by its content.
     *
     * @param name of the new image: up to 128 letters, digits, dots, hyphens and underscores, the first a letter or digit
     * @param archive the archive
     * @return the image
     * @throws io.lxj.error.InvalidConfigException if the name isn't allowed
     * @throws io.lxj.error.AlreadyExistsException if the name is taken
     * @throws io.lxj.error.ImportException if the archive can't be imported; nothing is left of it then
     * @throws io.lxj.error.CanceledException if the thread was interrupted; nothing is left of it then
     */
    public Image importTarball(String name, Path archive) {
        return importTarball(name, archive, ImportOptions.defaults(), progress -> {});
    }

    /**
     * Imports a root file system from an archive, watched.
     *
     * @param name of the new image
     * @param archive the archive
     * @param options its expected SHA-256, and limits
     * @param listener hears of the progress, about twenty times a second, on the thread that imports
     * @return the image
     * @throws io.lxj.error.InvalidConfigException if the name isn't allowed
     * @throws io.lxj.error.AlreadyExistsException if the name is taken
     * @throws io.lxj.error.ImportException if the archive can't be imported; nothing is left of it then
     * @throws io.lxj.error.CanceledException if the thread was interrupted; nothing is left of it then
     */
    public Image importTarball(String name, Path archive, ImportOptions options, Consumer<ImportProgress> listener) {
        importer().importArchive(name, archive, options, watch(listener));
        engine.settle();
        return new Image(engine, name);
    }

    /**
     * Imports a root file system from a stream, for example of a download.
     *
     * @param name of the new image
     * @param archive the archive; read to its end and left open
     * @param options its expected SHA-256, and limits
     * @param listener hears of the progress, about twenty times a second, on the thread that imports
     * @return the image
     * @throws io.lxj.error.InvalidConfigException if the name isn't allowed
     * @throws io.lxj.error.AlreadyExistsException if the name is taken
     * @throws io.lxj.error.ImportException if the archive can't be imported; nothing is left of it then
     * @throws io.lxj.error.CanceledException if the thread was interrupted; nothing is left of it then
     */
    public Image importTarball(
            String name, InputStream archive, ImportOptions options, Consumer<ImportProgress> listener) {
        importer().importArchive(name, archive, "the stream", options, watch(listener));
        engine.settle();
        return new Image(engine, name);
    }

    private ImageImporter importer() {
        return new ImageImporter(engine.path().resolve("images"));
    }

    private static ImportWatch watch(Consumer<ImportProgress> listener) {
        return new ImportWatch(listener, () -> Thread.currentThread().isInterrupted());
    }

    /**
     * An image.
     *
     * @param name its name
     * @return the image
     * @throws io.lxj.error.NotFoundException if there is none of that name
     */
    public Image get(String name) {
        return new Image(engine, engine.images().get(name).name());
    }

    /**
     * An image, if there is one.
     *
     * @param name its name
     * @return the image, or empty
     */
    public Optional<Image> find(String name) {
        return engine.images().find(name).map(info -> new Image(engine, info.name()));
    }

    /**
     * All images.
     *
     * @return a list of its own, sorted by name
     */
    public List<Image> list() {
        return engine.images().list().stream()
                .map(ImageInfo::name)
                .map(name -> new Image(engine, name))
                .toList();
    }

    @Override
    public String toString() {
        return list().toString();
    }
}

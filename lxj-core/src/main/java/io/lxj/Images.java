package io.lxj;

import io.lxj.config.ImageDefaults;
import io.lxj.config.ImportOptions;
import io.lxj.config.ImportProgress;
import io.lxj.config.Names;
import io.lxj.image.ImageImporter;
import io.lxj.image.ImportWatch;
import io.lxj.lifecycle.Engine;
import io.lxj.lifecycle.ImageBuild;
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
     * @throws io.lxj.error.CanceledException if the thread was interrupted, which it still is; nothing is left of it then
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
     * @param listener hears of the progress, about twenty times a second, on the thread that imports; what it throws ends
     *     the import as an interrupt does, and is thrown on
     * @return the image
     * @throws io.lxj.error.InvalidConfigException if the name isn't allowed
     * @throws io.lxj.error.AlreadyExistsException if the name is taken
     * @throws io.lxj.error.ImportException if the archive can't be imported; nothing is left of it then
     * @throws io.lxj.error.CanceledException if the thread was interrupted, which it still is; nothing is left of it then
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
     * @param archive the archive; read to its end and left open. If that fails, another thread may still be in a read
     * @param options its expected SHA-256, and limits
     * @param listener hears of the progress, about twenty times a second, on the thread that imports; what it throws ends
     *     the import as an interrupt does, and is thrown on
     * @return the image
     * @throws io.lxj.error.InvalidConfigException if the name isn't allowed
     * @throws io.lxj.error.AlreadyExistsException if the name is taken
     * @throws io.lxj.error.ImportException if the archive can't be imported; nothing is left of it then
     * @throws io.lxj.error.CanceledException if the thread was interrupted, which it still is; nothing is left of it then
     */
    public Image importTarball(
            String name, InputStream archive, ImportOptions options, Consumer<ImportProgress> listener) {
        importer().importArchive(name, archive, "the stream", options, watch(listener));
        engine.settle();
        return new Image(engine, name);
    }

    private ImageImporter importer() {
        engine.check();
        return new ImageImporter(engine.path());
    }

    private static ImportWatch watch(Consumer<ImportProgress> listener) {
        return new ImportWatch(listener, () -> Thread.currentThread().isInterrupted());
    }

    /**
     * Begins an image with nothing in it.
     *
     * @return its builder, to be closed by the caller
     * @throws io.lxj.error.LxjException if it can't be begun
     */
    public ImageBuilder builder() {
        return new ImageBuilder(engine, ImageBuild.begin(engine, Optional.empty()), ImageDefaults.NONE);
    }

    /**
     * Begins an image with a copy of another one, its defaults included.
     *
     * @param from the other image
     * @return its builder, to be closed by the caller
     * @throws io.lxj.error.NotFoundException if there is no such image
     * @throws io.lxj.error.LxjException if it can't be copied; nothing is left then
     */
    public ImageBuilder builder(Image from) {
        ImageDefaults defaults = engine.images().get(from.name()).defaults();
        return new ImageBuilder(engine, ImageBuild.begin(engine, Optional.of(from.name())), defaults);
    }

    /**
     * Makes an image of this host's own busybox: the folders of the Filesystem Hierarchy Standard, busybox with a link
     * for each of its applets, accounts, and an inittab with which it boots and halts. Nothing is downloaded.
     *
     * @param name of the new image
     * @return the image, and the configuration for its containers
     * @throws io.lxj.error.UnsupportedHostException if the host has no busybox that is linked statically
     * @throws io.lxj.error.AlreadyExistsException if the name is taken
     */
    public Template busyboxTemplate(String name) {
        return BusyboxTemplate.make(this, name);
    }

    /**
     * Makes an image that borrows this host's programs: a small tree in which the host's /usr, and /bin, /sbin and the
     * libraries where they aren't links into it, are mounted read-only when a container starts. Its init waits until it
     * is asked to halt. Nothing is downloaded or copied; the mounts are in the template's configuration.
     *
     * @param name of the new image
     * @return the image, and the configuration for its containers
     * @throws io.lxj.error.AlreadyExistsException if the name is taken
     */
    public Template hostTemplate(String name) {
        return HostTemplate.make(this, name);
    }

    /**
     * Makes the template that this host is good for: that of {@link #busyboxTemplate} if it has a busybox that is linked
     * statically, else that of {@link #hostTemplate}.
     *
     * @param name of the new image
     * @return the image, and the configuration for its containers
     * @throws io.lxj.error.AlreadyExistsException if the name is taken
     */
    public Template template(String name) {
        return BusyboxTemplate.find().isPresent() ? busyboxTemplate(name) : hostTemplate(name);
    }

    /**
     * An image.
     *
     * @param name its name
     * @return the image
     * @throws io.lxj.error.NotFoundException if there is none of that name
     */
    public Image get(String name) {
        engine.images().requireThere(name);
        return new Image(engine, name);
    }

    /**
     * An image, if there is one.
     *
     * @param name its name
     * @return the image, or empty
     */
    public Optional<Image> find(String name) {
        return engine.images().exists(Names.image(name)) ? Optional.of(new Image(engine, name)) : Optional.empty();
    }

    /**
     * All images, damaged ones too.
     *
     * @return a list of its own, sorted by name
     */
    public List<Image> list() {
        return engine.images().names().stream()
                .map(name -> new Image(engine, name))
                .toList();
    }

    @Override
    public String toString() {
        return list().toString();
    }
}

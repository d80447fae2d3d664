package io.lxj.examples.benchmark;

import io.lxj.Image;
import io.lxj.Lxj;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** What the cases share: an open state folder, images, and room for the files of peers. Not thread-safe. */
final class Workspace implements AutoCloseable {
    private final Options options;
    private final Lxj lxj;
    private final Image busybox;
    private Image debian;

    Workspace(Options options) {
        this.options = options;
        this.lxj = Lxj.open(options.work().resolve("state"));
        this.busybox = lxj.images().busyboxTemplate("busybox").image();
    }

    Options options() {
        return options;
    }

    Lxj lxj() {
        return lxj;
    }

    /** A system of one busybox. */
    Image busybox() {
        return busybox;
    }

    /** Debian with systemd, if there is an archive of it. */
    Optional<Image> debian() {
        if (debian == null) {
            archive("debian-12.tar.gz")
                    .ifPresent(archive -> debian = lxj.images().importTarball("debian", archive));
        }
        return Optional.ofNullable(debian);
    }

    Optional<Path> archive(String name) {
        return options.rootfs().stream()
                .map(folder -> folder.resolve(name))
                .filter(Files::isRegularFile)
                .findFirst();
    }

    /** The files of an image: peers get the same ones. */
    Path rootfs(Image image) {
        return lxj.folder().resolve("images").resolve(image.name()).resolve("rootfs");
    }

    /** A new empty folder for a peer. */
    Path folder(String name) throws IOException {
        return Files.createDirectories(options.work().resolve(name));
    }

    @Override
    public void close() {
        lxj.close();
    }
}

package io.lxj.image;

import io.lxj.config.ByteSize;
import io.lxj.config.ImageInfo;
import io.lxj.config.ImageSource;
import io.lxj.config.ImportOptions;
import io.lxj.config.Names;
import io.lxj.error.AlreadyExistsException;
import io.lxj.linux.Directory;
import io.lxj.linux.Errno;
import io.lxj.linux.Fd;
import io.lxj.linux.FileName;
import io.lxj.linux.LinuxException;
import io.lxj.linux.Open;
import io.lxj.linux.RootDir;
import io.lxj.storage.StateFolder;
import io.lxj.storage.SyncMarker;
import io.lxj.storage.TemporaryFolder;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;

/**
 * Makes images out of archives. An image is unpacked into a temporary folder and gets its name when it is complete: it is
 * there as a whole or not at all. Thread-safe; every call is independent of the others.
 *
 * <p>As root the result is what {@code tar --numeric-owner --xattrs --xattrs-include='*' --acls -x} makes, but for
 * overlayfs's own attributes, which are left out. An ordinary user gets what such a user can have: all files belong to
 * the user, device nodes and the kernel's attributes are left out; a warning in the image's information says so.
 */
public final class ImageImporter {
    private final Path folder;

    /**
     * An importer.
     *
     * @param folder the state folder, which each import opens for itself
     */
    public ImageImporter(Path folder) {
        this.folder = folder;
    }

    /**
     * Imports an archive from a file.
     *
     * @param name of the new image
     * @param archive a tar archive, compressed or not
     * @param options what to check
     * @param watch hears of progress, and can cancel
     * @return what is known of the image
     * @throws io.lxj.error.InvalidConfigException if the name isn't allowed
     * @throws AlreadyExistsException if there is an image of that name
     * @throws io.lxj.error.ImportException if the archive can't be imported; nothing is left behind
     * @throws io.lxj.error.CanceledException if it was canceled; nothing is left behind
     */
    public ImageInfo importArchive(String name, Path archive, ImportOptions options, ImportWatch watch) {
        return importArchive(name, archive.toString(), options, watch, unfinished -> {
            if (Files.isDirectory(archive)) {
                throw new ArchiveException("it is a folder, not an archive");
            }
            return Input.of(FileChannel.open(archive, StandardOpenOption.READ), options);
        });
    }

    /**
     * Imports an archive from a stream. With a digest to check, the archive is kept in a temporary file until it is.
     *
     * @param name of the new image
     * @param archive a tar archive, compressed or not; read to its end, and left open. After a failure another thread
     *     may still be in a read of it
     * @param label what to call the archive in errors
     * @param options what to check
     * @param watch hears of progress, and can cancel
     * @return what is known of the image
     * @throws io.lxj.error.InvalidConfigException if the name isn't allowed
     * @throws AlreadyExistsException if there is an image of that name
     * @throws io.lxj.error.ImportException if the archive can't be imported; nothing is left behind
     * @throws io.lxj.error.CanceledException if it was canceled; nothing is left behind
     */
    public ImageInfo importArchive(
            String name, InputStream archive, String label, ImportOptions options, ImportWatch watch) {
        return importArchive(name, label, options, watch, unfinished -> {
            if (options.sha256().isEmpty()) {
                ArchiveInput bytes = ArchiveInput.of(archive, options.limits().totalBytes());
                return new Input(bytes, OptionalLong.empty(), Optional.empty());
            }
            return Input.of(Spool.keep(archive, options.limits().totalBytes(), unfinished, watch), options);
        });
    }

    /**
     * Where the archive comes from.
     *
     * @param bytes the archive
     * @param size how large it is
     * @param file the same as a file, if it is one
     */
    private record Input(ArchiveInput bytes, OptionalLong size, Optional<FileChannel> file) {
        static Input of(FileChannel file, ImportOptions options) throws IOException {
            ArchiveInput bytes = ArchiveInput.of(file, options.limits().totalBytes());
            return new Input(bytes, OptionalLong.of(file.size()), Optional.of(file));
        }
    }

    private interface Opener {
        Input open(Directory unfinished) throws IOException;
    }

    private ImageInfo importArchive(
            String name, String label, ImportOptions options, ImportWatch watch, Opener opener) {
        Names.image(name);
        String action = "import " + name;
        try (StateFolder state = StateFolder.open(folder)) {
            requireNew(state.images(), name);
            return make(name, label, state, options, watch, opener);
        } catch (IOException e) {
            throw ImportFailures.of(action, label, e);
        }
    }

    private static void requireNew(Directory images, String name) throws LinuxException {
        if (images.findStat(FileName.bytes(name)).isPresent()) {
            throw new AlreadyExistsException("image", name);
        }
    }

    private static ImageInfo make(
            String name, String label, StateFolder state, ImportOptions options, ImportWatch watch, Opener opener)
            throws IOException {
        TemporaryFolder unfinished = state.temporaryFolders().make("import." + name);
        ImageInfo info;
        try {
            info = fill(name, unfinished.directory(), options, watch, opener);
            publish(unfinished, state.images(), name);
        } catch (IOException e) {
            throw afterClosing(unfinished, ImportFailures.of("import " + name, label, e));
        } catch (RuntimeException e) {
            throw afterClosing(unfinished, e);
        } catch (Error e) {
            throw afterClosing(unfinished, e);
        }
        unfinished.close();
        return info;
    }

    /** Removes what was unpacked so far. An interrupt that canceled the import doesn't disturb system calls. */
    private static <T extends Throwable> T afterClosing(TemporaryFolder unfinished, T failure) {
        try {
            unfinished.close();
        } catch (LinuxException e) {
            failure.addSuppressed(e);
        }
        return failure;
    }

    private static void publish(TemporaryFolder unfinished, Directory images, String name) throws IOException {
        try {
            unfinished.moveTo(images, name);
        } catch (LinuxException e) {
            if (e.is(Errno.EEXIST)) {
                throw new AlreadyExistsException("image", name);
            }
            throw e;
        }
    }

    private static ImageInfo fill(
            String name, Directory unfinished, ImportOptions options, ImportWatch watch, Opener opener)
            throws IOException {
        ImportWarnings warnings = new ImportWarnings();
        Input input = opener.open(unfinished);
        try (ArchiveInput bytes = input.bytes()) {
            watch.begin(bytes, input.size());
            if (options.sha256().isPresent() && input.file().isPresent()) {
                requireDigest(options, Spool.sha256(input.file().get(), watch));
            }
            Unpacker unpacker = new Unpacker(unfinished, options.limits(), warnings, watch);
            Unpacker.Result result = unpacker.unpack(bytes, input.file().isPresent());
            String digest = bytes.sha256Hex();
            // Once more: a file may have been changed since it was checked.
            requireDigest(options, digest);
            WrapperFolder.unwrap(unfinished, FileName.bytes(ImageFile.ROOTFS), warnings);
            ImageSource source = new ImageSource(result.format(), digest, ByteSize.bytes(bytes.count()));
            ImageInfo info = info(name, source, result, unfinished, warnings);
            write(unfinished, info);
            watch.report();
            return info;
        }
    }

    private static void write(Directory unfinished, ImageInfo info) throws IOException {
        byte[] name = FileName.bytes(ImageFile.NAME);
        try (Fd json = unfinished.open(name, Open.O_WRONLY | Open.O_CREAT | Open.O_EXCL, 0644)) {
            json.write(FileName.bytes(ImageFile.write(info)));
        }
        SyncMarker.mark(unfinished);
    }

    private static void requireDigest(ImportOptions options, String actual) throws ArchiveException {
        Optional<String> expected = options.sha256();
        if (expected.isPresent() && !expected.get().equals(actual)) {
            throw new ArchiveException("its SHA-256 is " + actual + ", but " + expected.get()
                    + " was asked for: it is another file, or was damaged or tampered with");
        }
    }

    private static ImageInfo info(
            String name, ImageSource source, Unpacker.Result result, Directory unfinished, ImportWarnings warnings)
            throws LinuxException {
        try (RootDir root =
                new RootDir(unfinished.open(FileName.bytes(ImageFile.ROOTFS), Open.O_PATH | Open.O_DIRECTORY, 0))) {
            ImageInspector.Findings found = ImageInspector.inspect(root);
            List<String> all = Stream.concat(warnings.list().stream(), found.missing().stream())
                    .toList();
            return new ImageInfo(
                    name,
                    Instant.now().truncatedTo(ChronoUnit.MILLIS),
                    Optional.of(source),
                    ByteSize.bytes(result.bytes()),
                    result.entries(),
                    found.os(),
                    found.architecture(),
                    found.initSystem(),
                    found.init(),
                    all);
        }
    }
}

package io.lxj.image;

import io.lxj.config.ImageInfo;
import io.lxj.config.Names;
import io.lxj.error.AlreadyExistsException;
import io.lxj.error.InUseException;
import io.lxj.error.NotFoundException;
import io.lxj.failure.Failures;
import io.lxj.linux.Directory;
import io.lxj.linux.DirectoryEntry;
import io.lxj.linux.Errno;
import io.lxj.linux.FileName;
import io.lxj.linux.LinuxException;
import io.lxj.storage.ContainerFolder;
import io.lxj.storage.ContainerStore;
import io.lxj.storage.JsonFile;
import io.lxj.storage.Lock;
import io.lxj.storage.LockName;
import io.lxj.storage.LockSet;
import io.lxj.storage.StateFolder;
import io.lxj.storage.TemporaryFolder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The images of a state folder: each a folder with image.json and rootfs. Thread-safe, and safe against other processes:
 * who makes a container of an image shares its lock; who renames or deletes it has the lock alone.
 */
public final class ImageStore {
    private static final String KIND = "image";
    private static final int RENAME_NOREPLACE = 1;

    private final StateFolder state;
    private final ContainerStore containers;

    /**
     * The images of a state folder.
     *
     * @param state the state folder, which the caller keeps open
     * @param containers what may use the images
     */
    public ImageStore(StateFolder state, ContainerStore containers) {
        this.state = state;
        this.containers = containers;
    }

    /**
     * Removes what dead processes left half imported.
     *
     * @return how many
     * @throws io.lxj.error.LxjException if something can't be removed
     */
    public int sweep() {
        try {
            return UnfinishedImage.removeLeftovers(state.images());
        } catch (LinuxException e) {
            throw Failures.exception("clean up the images in " + state.path(), e);
        }
    }

    /**
     * All images.
     *
     * @return what is known of each, sorted by name
     * @throws io.lxj.error.LxjException if the folder can't be read
     */
    public List<ImageInfo> list() {
        List<ImageInfo> images = new ArrayList<>();
        try {
            for (DirectoryEntry entry : state.images().list()) {
                find(entry.string()).ifPresent(images::add);
            }
        } catch (LinuxException e) {
            throw Failures.exception("list the images in " + state.path(), e);
        }
        images.sort((a, b) -> a.name().compareTo(b.name()));
        return images;
    }

    /**
     * An image.
     *
     * @param name its name
     * @return what is known of it
     * @throws NotFoundException if there is none of that name
     */
    public ImageInfo get(String name) {
        Names.image(name);
        return find(name)
                .orElseThrow(() -> new NotFoundException(
                        KIND,
                        name,
                        "there are: " + list().stream().map(ImageInfo::name).toList()));
    }

    /**
     * An image, if there is one.
     *
     * @param name its name
     * @return what is known of it, or empty
     * @throws io.lxj.error.CorruptStateException if its image.json isn't what lxj wrote
     */
    public Optional<ImageInfo> find(String name) {
        String file = state.path() + "/images/" + name + "/" + ImageFile.NAME;
        try (Directory folder = state.images().openDirectory(FileName.bytes(name))) {
            // The folder's name is the image's: a rename changes nothing else.
            return JsonFile.read(folder, ImageFile.NAME)
                    .map(text -> ImageFile.read(text, file).name(name));
        } catch (LinuxException e) {
            if (e.is(Errno.ENOENT) || e.is(Errno.ENOTDIR)) {
                return Optional.empty();
            }
            throw Failures.exception("read " + file, e);
        }
    }

    /**
     * Gives an image another name.
     *
     * @param from its name
     * @param to the new name
     * @throws InUseException if a container was made of it
     */
    public void rename(String from, String to) {
        Names.image(to);
        try (LockSet locks = state.locks().exclusive(List.of(LockName.image(from), LockName.image(to)))) {
            get(from);
            mustBeUnused(locks.of(LockName.image(from)), "rename image " + from);
            state.images().rename(FileName.bytes(from), state.images(), FileName.bytes(to), RENAME_NOREPLACE);
        } catch (LinuxException e) {
            throw e.is(Errno.EEXIST)
                    ? new AlreadyExistsException(KIND, to)
                    : Failures.exception("rename image " + from + " to " + to, e);
        }
    }

    /**
     * Deletes an image. It loses its name at once; then its files are removed.
     *
     * @param name its name
     * @throws InUseException if a container was made of it
     */
    public void delete(String name) {
        String action = "delete image " + name;
        get(name);
        try (Lock lock = state.locks().exclusive(LockName.image(name))) {
            get(name);
            mustBeUnused(lock, action);
            try (TemporaryFolder folder = state.temporaryFolders().take(state.images(), name, "delete.image." + name)) {
                folder.remove();
            }
        } catch (LinuxException e) {
            throw Failures.exception(action, e);
        }
    }

    private void mustBeUnused(Lock lock, String action) {
        String image = lock.name().name();
        List<String> users =
                containers.names().stream().filter(name -> uses(name, image)).toList();
        if (!users.isEmpty()) {
            throw new InUseException(action, users, "destroy these containers first");
        }
    }

    private boolean uses(String container, String image) {
        try (ContainerFolder folder = containers.find(container).orElse(null)) {
            return folder != null && folder.record().config().image().equals(image);
        }
    }
}

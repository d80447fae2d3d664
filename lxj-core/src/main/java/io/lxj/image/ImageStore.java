package io.lxj.image;

import io.lxj.config.Config;
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
import io.lxj.linux.Stat;
import io.lxj.storage.Checkpoints;
import io.lxj.storage.ContainerFolder;
import io.lxj.storage.ContainerRecord;
import io.lxj.storage.ContainerStore;
import io.lxj.storage.JsonFile;
import io.lxj.storage.Lock;
import io.lxj.storage.LockName;
import io.lxj.storage.LockSet;
import io.lxj.storage.Parsed;
import io.lxj.storage.RootStorage;
import io.lxj.storage.StateFolder;
import io.lxj.storage.SyncMarker;
import io.lxj.storage.TemporaryFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The images of a state folder. Each is there whole or not at all, whatever ends this process or the machine. Who makes a
 * container of an image shares the image's lock until the container is there; so an image that is deleted or renamed,
 * under the lock alone, has no user that isn't known. Thread-safe, and safe against other processes.
 */
public final class ImageStore {
    private static final Logger LOG = LoggerFactory.getLogger(ImageStore.class);
    private static final String KIND = "image";
    private static final int RENAME_NOREPLACE = 1;

    private final StateFolder state;
    private final ContainerStore containers;
    private final Checkpoints checkpoints;
    private final Parsed<ImageInfo> known = new Parsed<>();

    /**
     * The images of a state folder.
     *
     * @param state the state folder, which the caller keeps open as long as this is used
     * @param containers its containers, which may need an image
     */
    public ImageStore(StateFolder state, ContainerStore containers) {
        this(state, containers, Checkpoints.NONE);
    }

    /**
     * The images of a state folder, for a test.
     *
     * @param state the state folder, which the caller keeps open as long as this is used
     * @param containers its containers, which may need an image
     * @param checkpoints is told of each step
     */
    public ImageStore(StateFolder state, ContainerStore containers, Checkpoints checkpoints) {
        this.state = state;
        this.containers = containers;
        this.checkpoints = checkpoints;
    }

    /**
     * The names of all images.
     *
     * @return the names, sorted
     * @throws io.lxj.error.LxjException if the folder can't be read
     */
    public List<String> names() {
        try {
            return state.images().list().stream()
                    .filter(entry -> entry.type() == Stat.S_IFDIR || entry.type() == 0)
                    .map(DirectoryEntry::string)
                    .filter(name -> !name.startsWith(".") && !name.equals("lost+found"))
                    .sorted()
                    .toList();
        } catch (LinuxException e) {
            throw Failures.inStateFolder("list the images in " + state.path(), e);
        }
    }

    /**
     * What is known of an image.
     *
     * @param name its name
     * @return what is known
     * @throws io.lxj.error.InvalidConfigException if the name isn't allowed
     * @throws NotFoundException if there is no such image
     * @throws io.lxj.error.CorruptStateException if its image.json isn't what lxj wrote
     */
    public ImageInfo get(String name) {
        return find(Names.image(name)).orElseThrow(() -> new NotFoundException(KIND, name, "there are: " + names()));
    }

    /**
     * What was known of the image of a container when the container was created. A copy may have outlived its image.
     *
     * @param container the container
     * @return what was known
     * @throws NotFoundException if the container needs the image, and it is gone
     * @throws io.lxj.error.CorruptStateException if the image.json isn't what lxj wrote
     */
    public ImageInfo of(ContainerFolder container) {
        return of(container, container.record());
    }

    /**
     * What is known of the image that a container was made of, whose record was read already.
     *
     * @param container the container's folder
     * @param record what the container is
     * @return what is known
     * @throws NotFoundException if the container needs the image, and it is gone
     * @throws io.lxj.error.CorruptStateException if the image.json isn't what lxj wrote
     */
    public ImageInfo of(ContainerFolder container, ContainerRecord record) {
        return container
                .imageJson()
                .map(text -> read(text, container + "/" + ImageFile.NAME))
                .orElseGet(() -> get(record.config().image()));
    }

    /**
     * What is known of an image, if there is one of that name.
     *
     * @param name its name, checked by the caller
     * @return what is known, or empty
     * @throws io.lxj.error.CorruptStateException if its image.json isn't what lxj wrote
     */
    Optional<ImageInfo> find(String name) {
        String file = state.path() + "/images/" + name + "/" + ImageFile.NAME;
        try (Directory folder =
                state.images().findDirectory(FileName.bytes(name)).orElse(null)) {
            if (folder == null) {
                return Optional.empty();
            }
            String text = JsonFile.read(folder, ImageFile.NAME)
                    .orElseThrow(() -> LinuxException.of(-Errno.ENOENT.number(), "openat", folder.fd(), ImageFile.NAME)
                            .withHint("the image is damaged: delete it and import it again"));
            // The name of its folder counts: a rename is done once that has changed.
            return Optional.of(read(text, file).name(name));
        } catch (LinuxException e) {
            // It may have been deleted while it was looked at.
            if (e.is(Errno.ENOENT) && !exists(name)) {
                return Optional.empty();
            }
            throw Failures.inStateFolder("read " + file, e);
        }
    }

    private ImageInfo read(String text, String file) {
        return known.of(text, () -> ImageFile.read(text, file));
    }

    /**
     * Whether there is an image of that name, damaged or not.
     *
     * @param name its name, checked by the caller
     * @return false if there is none
     * @throws io.lxj.error.LxjException if that can't be told
     */
    public boolean exists(String name) {
        try {
            return state.images().findStat(FileName.bytes(name)).isPresent();
        } catch (LinuxException e) {
            throw Failures.inStateFolder("find image " + name, e);
        }
    }

    /**
     * Where the files of an image are, for people. Programs go by fd.
     *
     * @param name its name, checked by the caller
     * @return an absolute path
     */
    public Path rootfs(String name) {
        return state.path().resolve("images").resolve(name).resolve(ImageFile.ROOTFS);
    }

    /**
     * Gives an image another name, at once. Containers know their image by its name, so none may need it.
     *
     * @param from its name
     * @param to the new name
     * @throws io.lxj.error.InvalidConfigException if the new name isn't allowed
     * @throws NotFoundException if there is no such image
     * @throws AlreadyExistsException if the new name is taken
     * @throws InUseException if a container needs the image
     */
    // The locks are held for their effect alone.
    @SuppressWarnings("try")
    public void rename(String from, String to) {
        Names.image(to);
        String action = "rename image " + from + " to " + to;
        try (LockSet locks = state.locks().exclusive(List.of(LockName.image(from), LockName.image(to)))) {
            ImageInfo info = get(from);
            refuseIfUsed(from, action);
            state.images().rename(FileName.bytes(from), state.images(), FileName.bytes(to), RENAME_NOREPLACE);
            checkpoints.reached("rename image: renamed");
            try (Directory folder = state.images().openDirectory(FileName.bytes(to))) {
                String text = ImageFile.write(info.name(to));
                JsonFile.write(folder, ImageFile.NAME, text, JsonFile.Survives.POWER_CUT);
            }
        } catch (LinuxException e) {
            throw e.is(Errno.EEXIST) ? new AlreadyExistsException(KIND, to) : Failures.inStateFolder(action, e);
        }
    }

    /**
     * Deletes an image. It loses its name at once; then its files are removed.
     *
     * @param name its name, checked by the caller
     * @throws NotFoundException if there is no such image
     * @throws InUseException if a container needs the image
     * @throws io.lxj.error.LxjException if files can't be removed; the image is gone all the same, and the next sweep tries
     *     again
     */
    public void delete(String name) {
        String action = "delete image " + name;
        requireThere(name);
        try (Lock lock = state.locks().exclusive(LockName.image(name))) {
            requireThere(name);
            refuseIfUsed(name, action);
            remove(lock, name);
        } catch (LinuxException e) {
            throw Failures.inStateFolder(action, e);
        }
    }

    /**
     * Refuses a name that no image has. One whose image.json is damaged counts: how else would it go?
     *
     * @param name its name
     * @throws io.lxj.error.InvalidConfigException if the name isn't allowed
     * @throws NotFoundException if there is no such image
     */
    public void requireThere(String name) {
        if (!exists(Names.image(name))) {
            throw new NotFoundException(KIND, name, "there are: " + names());
        }
    }

    private void remove(Lock lock, String name) throws LinuxException {
        try (TemporaryFolder folder = state.temporaryFolders().take(state.images(), name, "delete." + name)) {
            checkpoints.reached("delete image: renamed");
            lock.close();
            folder.remove();
            checkpoints.reached("delete image: removed");
        }
    }

    private void refuseIfUsed(String name, String action) {
        List<String> users = new ArrayList<>();
        for (String container : containers.names()) {
            try (ContainerFolder folder = containers.find(container).orElse(null)) {
                if (folder != null && needs(folder, name)) {
                    users.add("container " + container);
                }
            }
        }
        if (!users.isEmpty()) {
            throw new InUseException(action, users, "destroy what uses it first, or keep the image");
        }
    }

    private static boolean needs(ContainerFolder folder, String image) {
        Config config = folder.record().config();
        try {
            return config.image().equals(image)
                    && RootStorage.of(config.storage(), folder.directory()).needsImage();
        } catch (LinuxException e) {
            throw Failures.inStateFolder("look at " + folder, e);
        }
    }

    /**
     * Removes the images that a power cut tore. What dead processes left half-made is in the temporary folders.
     *
     * @return what was removed, by name, for a log
     * @throws io.lxj.error.LxjException if something can't be removed
     */
    public List<String> sweep() {
        try {
            List<String> removed = new ArrayList<>();
            for (String name : names()) {
                if (SyncMarker.isTorn(state.images(), name) && removeIfTorn(name)) {
                    removed.add("image " + name + ", which wasn't on disk yet when the machine went down");
                }
            }
            return removed;
        } catch (IOException e) {
            throw Failures.inStateFolder("clean up " + state.path(), e);
        }
    }

    private boolean removeIfTorn(String name) throws IOException {
        try (Lock lock = state.locks().exclusive(LockName.image(name))) {
            // Another process may have cleaned up too, and even imported it again.
            if (!SyncMarker.isTorn(state.images(), name)) {
                return false;
            }
            remove(lock, name);
        } catch (LinuxException e) {
            LOG.warn("Image {}, which a power cut tore, could not be removed", name, e);
        }
        return true;
    }
}

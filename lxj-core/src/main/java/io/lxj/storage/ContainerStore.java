package io.lxj.storage;

import io.lxj.config.Config;
import io.lxj.error.AlreadyExistsException;
import io.lxj.error.NotFoundException;
import io.lxj.failure.Failures;
import io.lxj.linux.Directory;
import io.lxj.linux.DirectoryEntry;
import io.lxj.linux.Errno;
import io.lxj.linux.FileName;
import io.lxj.linux.LinuxException;
import io.lxj.linux.Stat;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The containers of a state folder. Each is there whole or not at all, whatever ends this process: one is made in a
 * temporary folder and gets its name last, and loses its name first when it is deleted. Thread-safe, and safe against
 * other processes on the same state folder.
 */
public final class ContainerStore {
    private static final String KIND = "container";

    private final StateFolder state;
    private final Checkpoints checkpoints;
    private final KnownRecords known = new KnownRecords();

    /**
     * The containers of a state folder.
     *
     * @param state the state folder, which the caller keeps open as long as this is used
     * @param checkpoints is told of each step
     */
    public ContainerStore(StateFolder state, Checkpoints checkpoints) {
        this.state = state;
        this.checkpoints = checkpoints;
    }

    /**
     * The names of all containers.
     *
     * @return the names, sorted
     * @throws io.lxj.error.LxjException if the folder can't be read
     */
    public List<String> names() {
        try {
            return state.containers().list().stream()
                    .filter(entry -> entry.type() == Stat.S_IFDIR || entry.type() == 0)
                    .map(DirectoryEntry::string)
                    .filter(name -> !name.equals("lost+found"))
                    .sorted()
                    .toList();
        } catch (LinuxException e) {
            throw Failures.inStateFolder("list the containers in " + state.path(), e);
        }
    }

    /**
     * Opens the folder of a container.
     *
     * @param name its name, checked by the caller
     * @return the folder, to be closed
     * @throws NotFoundException if there is no such container
     */
    public ContainerFolder open(String name) {
        return find(name).orElseThrow(() -> new NotFoundException(KIND, name));
    }

    /**
     * Opens the folder of a container if there is one.
     *
     * @param name its name, checked by the caller
     * @return the folder, to be closed, or empty
     * @throws io.lxj.error.LxjException if it can't be opened
     */
    public Optional<ContainerFolder> find(String name) {
        try {
            return state.containers()
                    .findDirectory(FileName.bytes(name))
                    .map(directory -> new ContainerFolder(name, path(name), directory, known));
        } catch (LinuxException e) {
            throw Failures.inStateFolder("open container " + name, e);
        }
    }

    private String path(String name) {
        return state.path() + "/containers/" + name;
    }

    /**
     * Makes a container. Until it is settled, a power cut may take it away again, as a whole.
     *
     * @param lock the lock of the container, which the caller holds alone
     * @param config what it is to be; its image is locked meanwhile
     * @param firstId the first of the ids that were set apart for it
     * @param firstBoot what tells it from others of the image
     * @param progress is told of the bytes copied, with a storage that copies
     * @return what was made, to be settled and closed by the caller
     * @throws AlreadyExistsException if there is a container of that name
     * @throws NotFoundException if there is no such image
     * @throws io.lxj.error.LxjException if it can't be made; nothing of it is left then
     */
    public NewContainer create(
            Lock lock, Config config, Optional<Long> firstId, FirstBoot firstBoot, CopyProgress progress) {
        ContainerRecord record = new ContainerRecord(firstBoot.machineId(), Instant.now(), config, firstId);
        try (Lock image = state.locks().shared(LockName.image(config.image()))) {
            return create(lock, image, record, Optional.empty(), firstBoot, progress);
        }
    }

    /**
     * Makes a container, on a file system of whatever kind.
     *
     * @param lock the lock of the container, which the caller holds alone
     * @param imageLock the lock of its image, which the caller holds
     * @param record what it is to be
     * @param shift for whom to copy the image, where no mount can map the ids of its files
     * @param firstBoot what tells it from others of the image
     * @param progress is told of the bytes copied, with a storage that copies
     * @return what was made, to be settled and closed by the caller
     * @throws AlreadyExistsException if there is a container of that name
     * @throws NotFoundException if there is no such image
     * @throws io.lxj.error.LxjException if it can't be made; nothing of it is left then
     */
    public NewContainer create(
            Lock lock,
            Lock imageLock,
            ContainerRecord record,
            Optional<ShiftedStorage.Shift> shift,
            FirstBoot firstBoot,
            CopyProgress progress) {
        String name = lock.name().name();
        lock.check(LockName.container(name));
        String imageName = record.config().image();
        imageLock.checkHeld(LockName.image(imageName));
        String action = "create container " + name;
        try (ImageTree image = openImage(imageName, action);
                TemporaryFolder folder = state.temporaryFolders().make("create." + name)) {
            checkpoints.reached("create: folder made");
            NewContainer made = new NewContainer(
                    record, new Directory(folder.directory().fd().duplicate()), new DurableFiles());
            try {
                populate(made, image, shift, firstBoot, progress);
                folder.moveTo(state.containers(), name);
                checkpoints.reached("create: named");
                return made;
            } catch (IOException | RuntimeException | Error e) {
                made.close();
                throw e;
            }
        } catch (LinuxException e) {
            throw e.is(Errno.EEXIST) ? new AlreadyExistsException(KIND, name) : Failures.inStateFolder(action, e);
        } catch (IOException e) {
            throw Failures.inStateFolder(action, e);
        }
    }

    private void populate(
            NewContainer made,
            ImageTree image,
            Optional<ShiftedStorage.Shift> shift,
            FirstBoot firstBoot,
            CopyProgress progress)
            throws IOException {
        Directory folder = made.folder();
        RootStorage storage = shift.isPresent()
                ? ShiftedStorage.forNew(shift.get())
                : RootStorage.of(made.record().config().storage());
        storage.prepare(folder, image, progress);
        checkpoints.reached("create: root prepared");
        firstBoot.write(storage, folder, image, made.files());
        checkpoints.reached("create: first boot prepared");
        String json = made.record().toJson();
        known.containers().remember(json, made.record());
        made.files().add(JsonFile.make(folder, ContainerFolder.CONTAINER, json));
        if (!storage.needsImage()) {
            keepImageJson(image, folder);
        }
        SyncMarker.mark(folder);
        checkpoints.reached("create: populated");
    }

    private static void keepImageJson(ImageTree image, Directory folder) throws LinuxException {
        Optional<String> text = JsonFile.read(image.folder(), ImageTree.IMAGE);
        if (text.isPresent()) {
            JsonFile.make(folder, ImageTree.IMAGE, text.get()).close();
        }
    }

    private ImageTree openImage(String image, String action) {
        try {
            return ImageTree.open(state, image);
        } catch (LinuxException e) {
            throw e.is(Errno.ENOENT) ? new NotFoundException("image", image) : Failures.inStateFolder(action, e);
        }
    }

    /**
     * Refuses a name that a container has: nothing may be done then in the name of another one.
     *
     * @param lock the lock of the container, which the caller holds alone
     * @throws AlreadyExistsException if there is a container of that name
     * @throws io.lxj.error.LxjException if that can't be found out
     */
    public void refuseExisting(Lock lock) {
        String name = lock.name().name();
        lock.check(LockName.container(name));
        try {
            if (state.containers().findStat(FileName.bytes(name)).isPresent()) {
                throw new AlreadyExistsException(KIND, name);
            }
        } catch (LinuxException e) {
            throw Failures.inStateFolder("create container " + name, e);
        }
    }

    /**
     * Gives a container another name, at once.
     *
     * @param locks the locks of both names, which the caller holds alone
     * @param from its name
     * @param to the new name, checked by the caller
     * @throws NotFoundException if there is no such container
     * @throws AlreadyExistsException if the new name is taken
     * @throws io.lxj.error.LxjException if that fails otherwise
     */
    public void rename(LockSet locks, String from, String to) {
        locks.of(LockName.container(from)).check(LockName.container(from));
        locks.of(LockName.container(to)).check(LockName.container(to));
        try {
            int noReplace = 1;
            state.containers().rename(FileName.bytes(from), state.containers(), FileName.bytes(to), noReplace);
        } catch (LinuxException e) {
            if (e.is(Errno.ENOENT)) {
                throw new NotFoundException(KIND, from);
            }
            throw e.is(Errno.EEXIST)
                    ? new AlreadyExistsException(KIND, to)
                    : Failures.inStateFolder("rename container " + from + " to " + to, e);
        }
        checkpoints.reached("rename: renamed");
    }

    /**
     * Deletes a container that doesn't run. It loses its name at once; then its files are removed.
     *
     * @param lock the lock of the container, which the caller holds alone; it is given up
     * @param gone is run when the container has lost its name, and nobody else can have that yet
     * @throws NotFoundException if there is no such container
     * @throws io.lxj.error.LxjException if files can't be removed; the container is gone all the same, and the next sweep
     *     tries again
     */
    public void delete(Lock lock, Runnable gone) {
        String name = lock.name().name();
        lock.check(LockName.container(name));
        try {
            remove(lock, gone);
        } catch (LinuxException e) {
            throw e.is(Errno.ENOENT)
                    ? new NotFoundException(KIND, name)
                    : Failures.inStateFolder("delete container " + name, e);
        }
    }

    /**
     * Removes what processes that died left behind: half-made containers and images, half-deleted ones, temporary files,
     * and locks of what is gone. What others are working on stays.
     *
     * @return what was removed, by name, for a log
     * @throws io.lxj.error.LxjException if something can't be removed
     */
    public List<String> sweep() {
        try {
            return new Sweep(state, this).run();
        } catch (IOException e) {
            throw Failures.inStateFolder("clean up " + state.path(), e);
        }
    }

    /** Takes a container's name away, and removes its files. */
    void remove(Lock lock, Runnable gone) throws LinuxException {
        String name = lock.name().name();
        try (TemporaryFolder folder = state.temporaryFolders().take(state.containers(), name, "delete." + name)) {
            checkpoints.reached("delete: renamed");
            gone.run();
            lock.close();
            checkpoints.reached("delete: lock removed");
            folder.remove();
            checkpoints.reached("delete: removed");
        }
    }
}

package io.lxj.storage;

import io.lxj.error.CorruptStateException;
import io.lxj.linux.Deputy;
import io.lxj.linux.Directory;
import io.lxj.linux.Errno;
import io.lxj.linux.Fd;
import io.lxj.linux.FileName;
import io.lxj.linux.LinuxException;
import io.lxj.linux.Open;
import io.lxj.linux.RootDir;
import java.nio.file.Path;
import java.util.Optional;

/** The containers, of whatever state folder, that ids are noted for: whether they are still there. Thread-safe. */
final class IdHolders {
    private final Optional<Deputy> deputy;

    IdHolders(Optional<Deputy> deputy) {
        this.deputy = deputy;
    }

    /** Whether a container has these ids, or may be about to get them: then its lock is held. */
    boolean isAlive(IdNote note, String owner) throws LinuxException {
        Path folder = Path.of(owner);
        // In this order: what isn't locked any more has been completed, or never will be.
        return isLocked(folder) || hasIds(folder, note);
    }

    private boolean hasIds(Path folder, IdNote note) throws LinuxException {
        try (Directory directory = new Directory(look(folder, Open.O_RDONLY | Open.O_DIRECTORY | Open.O_NOFOLLOW))) {
            Optional<String> text = JsonFile.read(directory, ContainerFolder.CONTAINER);
            if (text.isEmpty()) {
                return false;
            }
            ContainerRecord record = ContainerRecord.fromJson(folder + "/" + ContainerFolder.CONTAINER, text.get());
            // What it has for containers in it is noted nowhere else; nor is what a run has that began before it was
            // configured otherwise.
            return record.config().nesting() > 0
                    || JsonFile.read(directory, ContainerFolder.RUN).isPresent()
                    || record.firstId()
                            .filter(id -> note.equals(IdNote.lot(id)))
                            .isPresent()
                    || record.config().idMap().filter(note::isIn).isPresent();
        } catch (CorruptStateException e) {
            // Nobody knows, so nobody else may have them.
            return true;
        } catch (LinuxException e) {
            if (e.is(Errno.ENOENT) || e.is(Errno.ENOTDIR)) {
                return false;
            }
            throw e;
        }
    }

    private boolean isLocked(Path folder) throws LinuxException {
        String lock = LockName.container(folder.getFileName().toString()).fileName();
        Path file = folder.getParent().resolveSibling("locks").resolve(lock);
        try (Fd held = look(file, Open.O_RDONLY)) {
            boolean free = FileLock.tryShared(held);
            if (free) {
                FileLock.release(held);
            }
            return !free;
        } catch (LinuxException e) {
            if (e.is(Errno.ENOENT) || e.is(Errno.ENOTDIR)) {
                return false;
            }
            throw e;
        }
    }

    /** What is in a state folder is the deputy's; the way there is the user's. */
    private Fd look(Path path, int flags) throws LinuxException {
        if (deputy.isEmpty()) {
            return Fd.open(path, flags, 0);
        }
        Path state = path.getParent().getParent();
        try (Fd own = Fd.open(state, Open.O_PATH | Open.O_DIRECTORY, 0);
                RootDir root = new RootDir(deputy.get().actFor(own))) {
            return root.open(FileName.bytes(state.relativize(path).toString()), flags, 0);
        }
    }
}

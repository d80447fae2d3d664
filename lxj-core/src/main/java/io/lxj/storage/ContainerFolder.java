package io.lxj.storage;

import io.lxj.config.Config;
import io.lxj.error.LxjException;
import io.lxj.failure.Failures;
import io.lxj.linux.Directory;
import io.lxj.linux.Errno;
import io.lxj.linux.FileName;
import io.lxj.linux.LinuxException;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The folder of one container, pinned: it is this container's even after a rename. Thread-safe. Changes are safe against
 * other processes, but who changes what has read before must hold the container's lock meanwhile.
 */
public final class ContainerFolder implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ContainerFolder.class);
    static final String CONTAINER = "container.json";
    static final String RUN = "run.json";

    private static final String EXIT = "exit.json";

    private final String name;
    private final String path;
    private final Directory directory;
    private final KnownRecords known;

    ContainerFolder(String name, String path, Directory directory, KnownRecords known) {
        this.known = known;
        this.name = name;
        this.path = path;
        this.directory = directory;
    }

    /**
     * The name of the container when this was opened.
     *
     * @return the name
     */
    public String name() {
        return name;
    }

    /**
     * The folder itself.
     *
     * @return the directory, which this object still owns
     */
    public Directory directory() {
        return directory;
    }

    /**
     * What the container is.
     *
     * @return what container.json says
     * @throws io.lxj.error.CorruptStateException if it isn't what lxj wrote
     * @throws io.lxj.error.LxjException if it can't be read
     */
    public ContainerRecord record() {
        try {
            String text = JsonFile.read(directory, CONTAINER)
                    .orElseThrow(() -> LinuxException.of(-Errno.ENOENT.number(), "openat", directory.fd(), CONTAINER));
            return known.containers().of(text, () -> ContainerRecord.fromJson(path + "/" + CONTAINER, text));
        } catch (LinuxException e) {
            throw Failures.inStateFolder("read " + path + "/" + CONTAINER, e);
        }
    }

    /**
     * Waits until the container is on disk, if it was created so recently that it isn't known to be.
     *
     * @throws io.lxj.error.LxjException if it can't be written
     */
    public void settle() {
        try {
            if (SyncMarker.isMarked(directory)) {
                Settler.settle(List.of(directory));
            }
        } catch (LinuxException e) {
            throw Failures.inStateFolder("write " + path + " to disk", e);
        }
    }

    /**
     * Gives the container another configuration.
     *
     * @param config the configuration
     * @throws io.lxj.error.LxjException if it can't be written; the old one is still there then
     */
    public void configure(Config config) {
        write(CONTAINER, record().with(config).toJson(), JsonFile.Survives.POWER_CUT);
    }

    /**
     * Notes which ids were set apart for a container that was made without.
     *
     * @param firstId the first of them
     * @throws io.lxj.error.LxjException if it can't be written
     */
    public void giveIds(long firstId) {
        write(CONTAINER, record().withIds(firstId).toJson(), JsonFile.Survives.POWER_CUT);
    }

    /**
     * How the container runs.
     *
     * @return the record of its last start, or empty if it isn't known to run; whether it still does is for the caller to
     *     find out
     * @throws io.lxj.error.CorruptStateException if it isn't what lxj wrote
     * @throws io.lxj.error.LxjException if it can't be read
     */
    public Optional<RunRecord> run() {
        return read(RUN).map(text -> known.runs().of(text, () -> RunRecord.fromJson(path + "/" + RUN, text)));
    }

    /**
     * Notes that the container was started, or taken over. It means nothing after a boot, so it isn't waited for until
     * it is on disk.
     *
     * @param record how it runs
     * @throws io.lxj.error.LxjException if it can't be written
     */
    public void started(RunRecord record) {
        try (StartNote note = prepareStarted()) {
            started(record, note);
        }
    }

    /**
     * Prepares the note that the container was started, while it starts.
     *
     * @return to be given to {@link #started(RunRecord, StartNote)} and closed, before this folder is
     * @throws io.lxj.error.LxjException if there is no room for it
     */
    public StartNote prepareStarted() {
        try {
            return new StartNote(JsonFile.draft(directory, RUN));
        } catch (LinuxException e) {
            throw Failures.inStateFolder("write " + path + "/" + RUN, e);
        }
    }

    /**
     * Notes that the container was started, as {@link #started(RunRecord)} does.
     *
     * @param record how it runs
     * @param note what was prepared for that
     * @throws io.lxj.error.LxjException if it can't be written
     */
    public void started(RunRecord record, StartNote note) {
        String text = record.toJson();
        known.runs().remember(text, record);
        try {
            note.draft().publish(text, JsonFile.Survives.PROCESS);
        } catch (LinuxException e) {
            throw Failures.inStateFolder("write " + path + "/" + RUN, e);
        }
    }

    /**
     * Notes how a run of the container has ended, of which something may be left. A full disk can't keep it from having
     * ended: how it did may be lost then.
     *
     * @param record how it ended
     * @throws io.lxj.error.LxjException if it can't be written
     */
    public void ending(ExitRecord record) {
        try {
            write(EXIT, record.toJson(), JsonFile.Survives.PROCESS);
        } catch (LxjException e) {
            if (!(e.getCause() instanceof LinuxException call) || !(call.is(Errno.ENOSPC) || call.is(Errno.EDQUOT))) {
                throw e;
            }
            endingWithoutRoom(record);
        }
    }

    /** How it ended before isn't how it ended now; and what is removed may make the room that is missing. */
    private void endingWithoutRoom(ExitRecord record) {
        remove(EXIT);
        remove(RUN);
        try {
            write(EXIT, record.toJson(), JsonFile.Survives.PROCESS);
        } catch (LxjException e) {
            LOG.warn("How container {} ended is not on record: {}", name, record.status(), e);
        }
    }

    /**
     * Notes that the container doesn't run: nothing is left of the run.
     *
     * @throws io.lxj.error.LxjException if that can't be noted
     */
    public void ended() {
        remove(RUN);
    }

    private void remove(String file) {
        try {
            directory.unlinkIfThere(FileName.bytes(file));
        } catch (LinuxException e) {
            throw Failures.inStateFolder("remove " + path + "/" + file, e);
        }
    }

    /**
     * How the container ended last.
     *
     * @return the record, or empty if it never ran, or there was no room for it
     * @throws io.lxj.error.CorruptStateException if it isn't what lxj wrote
     * @throws io.lxj.error.LxjException if it can't be read
     */
    public Optional<ExitRecord> exit() {
        return read(EXIT).map(text -> ExitRecord.fromJson(path + "/" + EXIT, text));
    }

    /**
     * What was known of the image when this container was made of it, if the container doesn't need the image any more.
     *
     * @return the image.json of that time, or empty
     * @throws io.lxj.error.LxjException if it can't be read
     */
    public Optional<String> imageJson() {
        return read(ImageTree.IMAGE);
    }

    private Optional<String> read(String file) {
        try {
            // What wasn't on disk yet when the power went has a length of nothing, or no content but zeros.
            return JsonFile.read(directory, file).filter(text -> text.chars().anyMatch(c -> c != 0));
        } catch (LinuxException e) {
            throw Failures.inStateFolder("read " + path + "/" + file, e);
        }
    }

    private void write(String file, String text, JsonFile.Survives survives) {
        try {
            JsonFile.write(directory, file, text, survives);
        } catch (LinuxException e) {
            throw Failures.inStateFolder("write " + path + "/" + file, e);
        }
    }

    @Override
    public void close() {
        directory.close();
    }

    @Override
    public String toString() {
        return path;
    }
}

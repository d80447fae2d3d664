package io.lxj.storage;

import io.lxj.failure.Failures;
import io.lxj.linux.LinuxException;

/** The note that a container was started, before it is known which process that is. Not thread-safe. */
public final class StartNote implements AutoCloseable {
    private final JsonFile.Draft draft;

    StartNote(JsonFile.Draft draft) {
        this.draft = draft;
    }

    JsonFile.Draft draft() {
        return draft;
    }

    /** Removes it if it hasn't been used. */
    @Override
    public void close() {
        try {
            draft.close();
        } catch (LinuxException e) {
            throw Failures.inStateFolder("give up what was prepared for " + ContainerFolder.RUN, e);
        }
    }
}

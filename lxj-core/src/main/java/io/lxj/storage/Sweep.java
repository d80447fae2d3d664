package io.lxj.storage;

import io.lxj.linux.Directory;
import io.lxj.linux.LinuxException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Brings the containers' part of a state folder in order, after processes or the machine ended in the middle of work. */
final class Sweep {
    private static final Logger LOG = LoggerFactory.getLogger(Sweep.class);

    private final StateFolder state;
    private final ContainerStore store;
    private final List<String> removed = new ArrayList<>();

    Sweep(StateFolder state, ContainerStore store) {
        this.state = state;
        this.store = store;
    }

    /** Removes what nobody works on; returns what that was. */
    List<String> run() throws IOException {
        removed.addAll(state.temporaryFolders().sweep());
        for (Directory folder : List.of(state.root(), state.containers(), state.images())) {
            JsonFile.sweep(folder);
        }
        for (String name : store.names()) {
            removeIfTorn(name);
            removeTemporaryFiles(name);
        }
        removed.addAll(new LockSweep(state).run());
        return removed;
    }

    private void removeIfTorn(String name) throws IOException {
        if (!SyncMarker.isTorn(state.containers(), name)) {
            return;
        }
        try (Lock lock = state.locks().exclusive(LockName.container(name))) {
            // Another process may have cleaned up too, and even created it again.
            if (SyncMarker.isTorn(state.containers(), name)) {
                removed.add("container " + name + ", which wasn't on disk yet when the machine went down");
                store.remove(lock, () -> {});
            }
        } catch (LinuxException e) {
            LOG.warn("Container {}, which a power cut tore, could not be removed", name, e);
        }
    }

    private void removeTemporaryFiles(String name) throws LinuxException {
        try (ContainerFolder folder = store.find(name).orElse(null)) {
            if (folder != null && JsonFile.sweep(folder.directory()) > 0) {
                removed.add("temporary file of container " + name);
            }
        }
    }
}

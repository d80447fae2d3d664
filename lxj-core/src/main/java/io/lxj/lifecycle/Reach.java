package io.lxj.lifecycle;

import io.lxj.config.IdMap;
import io.lxj.launch.UserNamespaceSetup;
import io.lxj.linux.Deputy;
import io.lxj.linux.Fd;
import io.lxj.linux.LinuxException;
import io.lxj.linux.Open;
import io.lxj.linux.ProcFs;
import io.lxj.linux.UserNamespaces;
import io.lxj.storage.OwnIds;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * How this JVM gets into a container that runs. Root is everywhere at home. An ordinary user's containers are at home in the
 * user namespace of the JVM that started them, and the rights that this one's deputy has end at its own: into a container of
 * another JVM of the user goes another deputy, who enters that namespace. Thread-safe.
 */
final class Reach implements AutoCloseable {
    private final Engine engine;
    private final Optional<Fd> namespace;
    private Deputy joined;
    private FilesDeputy files;
    private ProcFs proc;
    private boolean closed;

    private Reach(Engine engine, Optional<Fd> namespace) {
        this.engine = engine;
        this.namespace = namespace;
    }

    /** Into what this JVM has started. */
    static Reach own(Engine engine) {
        return new Reach(engine, Optional.empty());
    }

    /** Into a container that may be another JVM's, by its init; another namespace is found as long as that lives. */
    static Reach to(Engine engine, int init) throws LinuxException {
        Optional<Deputy> deputy = engine.folder().deputy();
        if (deputy.isEmpty()) {
            return own(engine);
        }
        Fd namespace = UserNamespaces.outermostOf(init);
        if (namespace.stat().isSameFile(deputy.get().userNamespace().stat())) {
            namespace.close();
            return own(engine);
        }
        return new Reach(engine, Optional.of(namespace));
    }

    /** Who acts for this JVM in there; empty for root. */
    synchronized Optional<Deputy> deputy() throws LinuxException {
        if (namespace.isEmpty()) {
            return engine.folder().deputy();
        }
        if (joined == null) {
            long ids = engine.folder().deputy().orElseThrow().idCount();
            joined = Deputy.join(engine.path(), namespace.get(), ids);
        }
        return Optional.of(joined);
    }

    /** Who works on the files of a container with these ids. */
    synchronized FilesDeputy files(IdMap ids) throws LinuxException {
        if (closed) {
            throw FilesDeputy.ended();
        }
        if (files == null) {
            Optional<Deputy> users = deputy();
            Duration patience = FilesDeputy.PATIENCE;
            if (users.isEmpty()) {
                UserNamespaceSetup own = new UserNamespaceSetup(engine.proc(), ids, List.of());
                files = new FilesDeputy(() -> Deputy.startForFiles(own, patience));
            } else if (users.get().hasSeveralIds()) {
                Deputy.Ids own = OwnIds.of(users.get()).of(ids);
                files = new FilesDeputy(() -> Deputy.startForFiles(own, patience));
            } else {
                files = new FilesDeputy(() -> Deputy.joinForFiles(users.get().userNamespace(), 1, patience));
            }
        }
        return files;
    }

    /** The host's procfs, by whose links its processes' own files are reached. */
    synchronized ProcFs proc() throws LinuxException {
        if (namespace.isEmpty()) {
            return engine.proc();
        }
        if (proc == null) {
            proc = ProcFs.of(deputy().orElseThrow().open("/proc", Open.O_PATH | Open.O_DIRECTORY));
        }
        return proc;
    }

    @Override
    public synchronized void close() {
        closed = true;
        if (files != null) {
            files.close();
        }
        if (proc != null) {
            proc.close();
        }
        if (joined != null) {
            joined.close();
        }
        namespace.ifPresent(Fd::close);
    }
}

package io.lxj;

import io.lxj.lifecycle.Engine;
import io.lxj.storage.Checkpoints;
import io.lxj.storage.StateFolder;
import io.lxj.storage.StatePath;
import java.nio.file.Path;

/**
 * The way in: an open state folder with its images and containers.
 *
 * <pre>{@code
 * try (Lxj lxj = Lxj.open()) {
 *     Image debian = lxj.images().importTarball("debian-12", Path.of("debian-12.tar.gz"));
 *     Container web = lxj.containers().create("web1", Config.of(debian));
 *     web.start();
 *     System.out.println(web.exec("uname", "-a").stdout());
 *     web.shutdown();
 *     web.destroy();
 * }
 * }</pre>
 *
 * <p>Several JVMs can have the same state folder open. Closing ends the containers that this JVM started, but for those
 * whose configuration says {@link io.lxj.config.OnExit#KEEP}; the end of the JVM, whatever its cause, does so too. After
 * that, everything that came from here throws {@link IllegalStateException}. All methods are thread-safe.
 */
public final class Lxj implements AutoCloseable {
    private final Engine engine;
    private final Thread shutdownHook;

    private Lxj(Engine engine) {
        this.engine = engine;
        this.shutdownHook = new Thread(engine::close, "lxj-shutdown");
    }

    /**
     * Opens the usual state folder: {@code /var/lib/lxj} for root, {@code $XDG_DATA_HOME/lxj} or
     * {@code ~/.local/share/lxj} for other users. It is created if it doesn't exist; what a dead process left half done
     * is removed.
     *
     * @return the open folder, to be closed by the caller
     * @throws io.lxj.error.LxjException if it can't be opened, if this host can't run containers, or if the user has no home
     *     folder: then {@code $HOME} counts
     */
    public static Lxj open() {
        return open(StatePath.usual());
    }

    /**
     * Opens a state folder.
     *
     * @param folder its path; it is created if it doesn't exist, with those above it. One that exists has to belong to
     *     this user, and nobody else may enter it: mode 0700
     * @return the open folder, to be closed by the caller
     * @throws io.lxj.error.LxjException if it can't be opened, or if this host can't run containers
     */
    public static Lxj open(Path folder) {
        return open(folder, Checkpoints.NONE);
    }

    static Lxj open(Path folder, Checkpoints checkpoints) {
        Lxj lxj = new Lxj(Engine.open(StateFolder.open(folder), checkpoints));
        Runtime.getRuntime().addShutdownHook(lxj.shutdownHook);
        return lxj;
    }

    /**
     * The images.
     *
     * @return the images of this state folder
     */
    public Images images() {
        return new Images(engine);
    }

    /**
     * The containers.
     *
     * @return the containers of this state folder
     */
    public Containers containers() {
        return new Containers(engine);
    }

    /**
     * Where everything is kept.
     *
     * @return the path of the state folder
     */
    public Path folder() {
        return engine.path();
    }

    /** Ends the containers that die with this JVM, lets go of the others, and closes the folder. Twice is harmless. */
    @Override
    public void close() {
        engine.close();
        try {
            Runtime.getRuntime().removeShutdownHook(shutdownHook);
        } catch (IllegalStateException e) {
            // The JVM is ending: the hook is what called this, or is about to find everything closed.
            return;
        }
    }

    @Override
    public String toString() {
        return "lxj in " + folder();
    }
}

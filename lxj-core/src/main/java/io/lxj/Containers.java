package io.lxj;

import io.lxj.config.Config;
import io.lxj.error.NotFoundException;
import io.lxj.lifecycle.Engine;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** The containers of a state folder. Thread-safe, and safe against other JVMs on the same folder. */
public final class Containers {
    private final Engine engine;

    Containers(Engine engine) {
        this.engine = engine;
    }

    /**
     * Creates a container, stopped. It is being written to disk when this returns, which nobody has to wait for: a power
     * cut before takes the container away as a whole. The start of one that is kept when the JVM ends does wait.
     *
     * @param name up to 63 letters, digits, dots, hyphens and underscores, the first a letter or digit
     * @param config what it is made of
     * @return the container
     * @throws io.lxj.error.InvalidConfigException if the name isn't allowed
     * @throws io.lxj.error.AlreadyExistsException if the name is taken
     * @throws io.lxj.error.NotFoundException if there is no such image
     * @throws io.lxj.error.LxjException if it can't be written, for example because the disk is full; nothing is left then
     */
    public Container create(String name, Config config) {
        return new Container(engine.create(name, Objects.requireNonNull(config, "config")));
    }

    /**
     * Creates a container and starts it: {@link #create} and {@link Container#start} as one step, which takes less time than
     * the two, as a part of the start goes on while the container is created. If it can't be started, there is no container;
     * only the end of this process may leave it behind, stopped.
     *
     * @param name up to 63 letters, digits, dots, hyphens and underscores, the first a letter or digit
     * @param config what it is made of
     * @return the container, which runs
     * @throws io.lxj.error.InvalidConfigException if the name or the configuration isn't allowed
     * @throws io.lxj.error.AlreadyExistsException if the name is taken
     * @throws io.lxj.error.NotFoundException if there is no such image
     * @throws io.lxj.error.UnsupportedHostException if the host lacks something that it needs
     * @throws io.lxj.error.LaunchException if a step of the launch failed
     * @throws io.lxj.error.LxjException if it can't be written or started for another reason
     */
    public Container launch(String name, Config config) {
        return new Container(engine.launch(name, Objects.requireNonNull(config, "config")));
    }

    /**
     * A container.
     *
     * @param name its name
     * @return the container
     * @throws io.lxj.error.NotFoundException if there is none of that name
     */
    public Container get(String name) {
        return new Container(engine.instance(name));
    }

    /**
     * A container, if there is one.
     *
     * @param name its name
     * @return the container, or empty
     */
    public Optional<Container> find(String name) {
        try {
            return Optional.of(get(name));
        } catch (NotFoundException e) {
            return Optional.empty();
        }
    }

    /**
     * All containers.
     *
     * @return a list of its own, sorted by name
     */
    public List<Container> list() {
        return engine.instances().stream().map(Container::new).toList();
    }

    /**
     * Adds a listener for changes of the state of all containers, also of those that are created later. It is called on
     * threads of lxj's: for one container one change after the other, for several at once. Of what another process starts
     * it hears from when this one first looks at that container.
     *
     * @param listener the listener, thread-safe
     * @return removes the listener when it is closed
     */
    public Subscription addListener(ContainerListener listener) {
        Objects.requireNonNull(listener, "listener");
        return engine.listen((instance, state, exit) -> listener.stateChanged(new Container(instance), state, exit))
                ::close;
    }

    @Override
    public String toString() {
        return list().toString();
    }
}

package io.lxj.config;

import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/**
 * Something that is mounted in a container when it starts. An immutable value; every method returns a new one.
 * Thread-safe.
 *
 * <p>The target is an absolute path in the container without {@code ..}; it is created if it isn't there, and symbolic
 * links in it can't lead out of the container. Mounts are made in the order of the configuration. What lxj mounts
 * itself (/, /proc, /sys, /dev, ...) can't be a target.
 */
public sealed interface Mount permits BindMount, TmpfsMount {

    /**
     * A folder or file of the host, seen in the container too, with all that is mounted below it. The source is looked up
     * by the host whenever the container is started: it must not be below a folder that a container can write to, which
     * could put a link to anywhere in its place.
     *
     * @param source where it is on the host; made absolute with the JVM's working directory if it isn't
     * @param target where to show it in the container
     * @return the mount: writable, private
     * @throws io.lxj.error.InvalidConfigException if the source isn't a path of the host's file system, or the target
     *     isn't allowed
     */
    static BindMount bind(Path source, String target) {
        return bind(HostPath.of("mount.source", source), target);
    }

    /**
     * A folder or file of the host, seen in the container too, with all that is mounted below it. The source is looked up
     * by the host whenever the container is started: it must not be below a folder that a container can write to, which
     * could put a link to anywhere in its place.
     *
     * @param source where it is on the host, an absolute path
     * @param target where to show it in the container
     * @return the mount: writable, private
     * @throws io.lxj.error.InvalidConfigException if the source isn't absolute, or the target isn't allowed
     */
    static BindMount bind(String source, String target) {
        return new BindMount(source, target, Set.of(), Propagation.PRIVATE, true, false, Optional.empty());
    }

    /**
     * An empty file system in memory.
     *
     * @param target where to mount it in the container
     * @return the mount: writable, private, of the size that the kernel gives it, mode 1777
     * @throws io.lxj.error.InvalidConfigException if the target isn't allowed
     */
    static TmpfsMount tmpfs(String target) {
        return TmpfsMount.at(target);
    }

    /**
     * Where it is mounted.
     *
     * @return an absolute path in the container, without {@code .}, {@code ..} and needless slashes
     */
    String target();

    /**
     * What is forbidden on it.
     *
     * @return the flags, in the order of their declaration; can't be changed
     */
    Set<MountFlag> flags();

    /**
     * Whether later mounts below it are seen on both sides.
     *
     * @return the propagation
     */
    Propagation propagation();

    /**
     * The same mount, on which nothing can be changed.
     *
     * @return the mount
     */
    Mount readOnly();

    /**
     * The same mount, on which no program can be executed.
     *
     * @return the mount
     */
    Mount noExec();

    /**
     * The same mount, on which set-user-id bits, set-group-id bits and file capabilities have no effect.
     *
     * @return the mount
     */
    Mount noSuid();

    /**
     * The same mount, on which device nodes can't be opened.
     *
     * @return the mount
     */
    Mount noDev();

    /**
     * The same mount with another propagation.
     *
     * @param kind whether later mounts below it are seen on both sides
     * @return the mount
     */
    Mount propagation(Propagation kind);
}

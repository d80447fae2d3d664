package io.lxj.config;

import java.util.Objects;
import java.util.Set;
import java.util.StringJoiner;

/**
 * A folder or file of the host, seen in the container too. Made by {@link Mount#bind(java.nio.file.Path, String)}. Immutable
 * and thread-safe.
 *
 * @param source where it is on the host, an absolute path
 * @param target where it is shown in the container
 * @param flags what is forbidden on it
 * @param propagation whether later mounts below it are seen on both sides
 * @param recursive whether what is mounted below the source is shown too
 * @param sourceOptional whether the mount is left out if the source doesn't exist; otherwise starting fails
 */
public record BindMount(
        String source,
        String target,
        Set<MountFlag> flags,
        Propagation propagation,
        boolean recursive,
        boolean sourceOptional)
        implements Mount {

    /**
     * Checks the parts.
     *
     * @param source see {@link #source()}
     * @param target see {@link #target()}
     * @param flags see {@link #flags()}
     * @param propagation see {@link #propagation()}
     * @param recursive see {@link #recursive()}
     * @param sourceOptional see {@link #sourceOptional()}
     * @throws io.lxj.error.InvalidConfigException if the source isn't absolute, or the target isn't allowed
     */
    public BindMount {
        source = HostPath.check("mount.source", source);
        target = MountTarget.check(target);
        flags = Enums.set(MountFlag.class, flags);
        Objects.requireNonNull(propagation, "propagation");
    }

    @Override
    public BindMount readOnly() {
        return forbidding(MountFlag.READ_ONLY);
    }

    @Override
    public BindMount noExec() {
        return forbidding(MountFlag.NO_EXEC);
    }

    @Override
    public BindMount noSuid() {
        return forbidding(MountFlag.NO_SUID);
    }

    @Override
    public BindMount noDev() {
        return forbidding(MountFlag.NO_DEV);
    }

    @Override
    public BindMount propagation(Propagation kind) {
        return new BindMount(source, target, flags, kind, recursive, sourceOptional);
    }

    /**
     * The same mount, with or without what is mounted below the source on the host.
     *
     * @param withMountsBelow whether to show that too
     * @return the mount
     */
    public BindMount recursive(boolean withMountsBelow) {
        return new BindMount(source, target, flags, propagation, withMountsBelow, sourceOptional);
    }

    /**
     * The same mount, left out if the source doesn't exist.
     *
     * @return the mount
     */
    public BindMount optional() {
        return new BindMount(source, target, flags, propagation, recursive, true);
    }

    private BindMount forbidding(MountFlag flag) {
        Set<MountFlag> more = Enums.plus(MountFlag.class, flags, flag);
        return new BindMount(source, target, more, propagation, recursive, sourceOptional);
    }

    /** {@return the mount in words, for example {@code bind /srv/site on /var/www (read-only)}} */
    @Override
    public String toString() {
        StringJoiner options = MountText.options(this);
        if (!recursive) {
            options.add("not recursive");
        }
        if (sourceOptional) {
            options.add("optional");
        }
        return "bind " + source + " on " + target + options;
    }
}

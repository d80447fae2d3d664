package io.lxj.config;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
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
 * @param ids whose files on the host the ids of the container make and own, or empty if owners are seen as they are
 */
public record BindMount(
        String source,
        String target,
        Set<MountFlag> flags,
        Propagation propagation,
        boolean recursive,
        boolean sourceOptional,
        Optional<IdMap> ids)
        implements Mount {
    private static final long SIXTEEN_BITS = 65_536;

    /**
     * Checks the parts.
     *
     * @param source see {@link #source()}
     * @param target see {@link #target()}
     * @param flags see {@link #flags()}
     * @param propagation see {@link #propagation()}
     * @param recursive see {@link #recursive()}
     * @param sourceOptional see {@link #sourceOptional()}
     * @param ids see {@link #ids()}
     * @throws io.lxj.error.InvalidConfigException if the source isn't absolute, or the target isn't allowed
     */
    public BindMount {
        source = HostPath.check("mount.source", source);
        target = MountTarget.check(target);
        flags = Enums.set(MountFlag.class, flags);
        Objects.requireNonNull(propagation, "propagation");
        Objects.requireNonNull(ids, "ids");
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
        return new BindMount(source, target, flags, kind, recursive, sourceOptional, ids);
    }

    /**
     * The same mount, with or without what is mounted below the source on the host.
     *
     * @param withMountsBelow whether to show that too
     * @return the mount
     */
    public BindMount recursive(boolean withMountsBelow) {
        return new BindMount(source, target, flags, propagation, withMountsBelow, sourceOptional, ids);
    }

    /**
     * The same mount, left out if the source doesn't exist.
     *
     * @return the mount
     */
    public BindMount optional() {
        return new BindMount(source, target, flags, propagation, recursive, true, ids);
    }

    /**
     * The same mount with the owners that the files have in the container's own root, too: what belongs to user 1000 of
     * the host belongs to user 1000 of the container, and what its root makes belongs to root of the host. For folders
     * that are for containers only: a program with the set-user-ID bit that root inside makes there is root's outside.
     *
     * @return the mount
     */
    public BindMount shifted() {
        return shifted(IdMap.of(0, SIXTEEN_BITS));
    }

    /**
     * The same mount for one user of the host: what that user owns belongs to the container's root, and what its root
     * makes there belongs to that user. Nobody else of the container can make a file.
     *
     * @param uid the user of the host
     * @param gid the user's group
     * @return the mount
     * @throws io.lxj.error.InvalidConfigException if there are no such ids
     */
    public BindMount shifted(long uid, long gid) {
        return shifted(new IdMap(List.of(IdRange.of(0, uid, 1)), List.of(IdRange.of(0, gid, 1))));
    }

    /**
     * The same mount with other owners: those of the files on the host by those in the container. The mount maps them, see
     * mount_setattr(2); the files stay as they are. Needs a file system that can do that. A container is refused if the
     * source itself belongs to none of these ids, as nobody could write there, unless the mount is {@link #readOnly()}.
     *
     * @param map the ids in the container, and those that the files have on the host
     * @return the mount
     */
    public BindMount shifted(IdMap map) {
        return new BindMount(source, target, flags, propagation, recursive, sourceOptional, Optional.of(map));
    }

    private BindMount forbidding(MountFlag flag) {
        Set<MountFlag> more = Enums.plus(MountFlag.class, flags, flag);
        return new BindMount(source, target, more, propagation, recursive, sourceOptional, ids);
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
        ids.ifPresent(map -> options.add("shifted: " + map));
        return "bind " + source + " on " + target + options;
    }
}

package io.lxj.config;

import io.lxj.error.InvalidConfigException;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.StringJoiner;

/**
 * An empty file system in memory, see tmpfs(5). Made by {@link Mount#tmpfs(String)}. Its content goes with the
 * container's end. Immutable and thread-safe.
 *
 * @param target where it is mounted in the container
 * @param flags what is forbidden on it
 * @param propagation whether later mounts below it are seen on both sides
 * @param size how much fits in; if empty, what the kernel chooses: half of the host's memory
 * @param mode the mode bits of its root folder
 */
public record TmpfsMount(
        String target, Set<MountFlag> flags, Propagation propagation, Optional<ByteSize> size, int mode)
        implements Mount {
    static final int DEFAULT_MODE = 01777;

    /**
     * Checks the parts.
     *
     * @param target see {@link #target()}
     * @param flags see {@link #flags()}
     * @param propagation see {@link #propagation()}
     * @param size see {@link #size()}
     * @param mode see {@link #mode()}
     * @throws InvalidConfigException if the target isn't allowed, the size is zero, or the mode isn't mode bits
     */
    public TmpfsMount {
        target = MountTarget.check(target);
        flags = Enums.set(MountFlag.class, flags);
        Objects.requireNonNull(propagation, "propagation");
        Objects.requireNonNull(size, "size");
        if (size.isPresent() && size.get().bytes() == 0) {
            // To the kernel a size of zero means no limit at all.
            throw new InvalidConfigException("mount.size", size.get(), "a size above zero");
        }
        FileMode.check("mount.mode", mode);
    }

    static TmpfsMount at(String target) {
        return new TmpfsMount(target, Set.of(), Propagation.PRIVATE, Optional.empty(), DEFAULT_MODE);
    }

    @Override
    public TmpfsMount readOnly() {
        return forbidding(MountFlag.READ_ONLY);
    }

    @Override
    public TmpfsMount noExec() {
        return forbidding(MountFlag.NO_EXEC);
    }

    @Override
    public TmpfsMount noSuid() {
        return forbidding(MountFlag.NO_SUID);
    }

    @Override
    public TmpfsMount noDev() {
        return forbidding(MountFlag.NO_DEV);
    }

    @Override
    public TmpfsMount propagation(Propagation kind) {
        return new TmpfsMount(target, flags, kind, size, mode);
    }

    /**
     * The same file system with a limit.
     *
     * @param limit how much fits in, above zero; the kernel rounds it up to whole pages
     * @return the mount
     * @throws InvalidConfigException if the limit is zero
     */
    public TmpfsMount size(ByteSize limit) {
        return new TmpfsMount(target, flags, propagation, Optional.of(limit), mode);
    }

    /**
     * The same file system with other mode bits of its root folder.
     *
     * @param bits the mode bits, 0 to 07777
     * @return the mount
     * @throws InvalidConfigException if they aren't mode bits
     */
    public TmpfsMount mode(int bits) {
        return new TmpfsMount(target, flags, propagation, size, bits);
    }

    private TmpfsMount forbidding(MountFlag flag) {
        return new TmpfsMount(target, Enums.plus(MountFlag.class, flags, flag), propagation, size, mode);
    }

    /** {@return the mount in words, for example {@code tmpfs on /tmp (no-exec, 64MiB)}} */
    @Override
    public String toString() {
        StringJoiner options = MountText.options(this);
        size.ifPresent(limit -> options.add(limit.toString()));
        if (mode != DEFAULT_MODE) {
            options.add("mode " + FileMode.text(mode));
        }
        return "tmpfs on " + target + options;
    }
}

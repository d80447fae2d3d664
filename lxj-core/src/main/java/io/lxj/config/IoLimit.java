package io.lxj.config;

import io.lxj.error.InvalidConfigException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * How much of a disk a container may use in each second, see {@code io.max} in the kernel's {@code
 * admin-guide/cgroup-v2}. An immutable value: every method that sets something returns a new one. Thread-safe.
 *
 * <pre>{@code
 * Limits.NONE.io(IoLimit.on(Path.of("/srv")).writeBytes(ByteSize.mib(20)).readOperations(500))
 * }</pre>
 *
 * <p>The kernel limits whole disks. A partition stands for its disk, and any other path for the disk that it is stored on;
 * where that isn't a single one, as on btrfs, an overlay or the network, the disk has to be named by its own node.
 *
 * @param path of the disk, of one of its partitions, or of something stored on it; absolute
 * @param readBytes the most that is read; nothing if that isn't limited
 * @param writeBytes the most that is written
 * @param readOperations the most requests to read
 * @param writeOperations the most requests to write
 */
public record IoLimit(
        String path,
        Optional<ByteSize> readBytes,
        Optional<ByteSize> writeBytes,
        OptionalLong readOperations,
        OptionalLong writeOperations) {
    private static final String FIELD = "limits.io.max";
    private static final long MOST_OPERATIONS = (1L << 32) - 1;

    /**
     * Checks the parts.
     *
     * @param path see {@link #path()}
     * @param readBytes see {@link #readBytes()}
     * @param writeBytes see {@link #writeBytes()}
     * @param readOperations see {@link #readOperations()}
     * @param writeOperations see {@link #writeOperations()}
     * @throws InvalidConfigException if the path isn't absolute, or a number isn't from 1 on, or there are more than
     *     4294967295 operations
     */
    public IoLimit {
        HostPath.check(FIELD, path);
        readBytes.ifPresent(size -> check(size.bytes(), Long.MAX_VALUE));
        writeBytes.ifPresent(size -> check(size.bytes(), Long.MAX_VALUE));
        readOperations.ifPresent(number -> check(number, MOST_OPERATIONS));
        writeOperations.ifPresent(number -> check(number, MOST_OPERATIONS));
    }

    private static void check(long number, long most) {
        if (number < 1 || number > most) {
            throw new InvalidConfigException(FIELD, number, "from 1 to " + most + " in each second");
        }
    }

    /**
     * Of this disk, nothing is limited yet.
     *
     * @param path of the disk, of one of its partitions, or of something stored on it
     * @return the limit
     * @throws InvalidConfigException if it isn't a path of the host
     */
    public static IoLimit on(Path path) {
        return new IoLimit(
                HostPath.of(FIELD, path),
                Optional.empty(),
                Optional.empty(),
                OptionalLong.empty(),
                OptionalLong.empty());
    }

    /**
     * The same with another limit of what is read.
     *
     * @param size at most this much in a second
     * @return the limit
     * @throws InvalidConfigException if it is nothing
     */
    public IoLimit readBytes(ByteSize size) {
        return new IoLimit(path, Optional.of(size), writeBytes, readOperations, writeOperations);
    }

    /**
     * The same with another limit of what is written.
     *
     * @param size at most this much in a second
     * @return the limit
     * @throws InvalidConfigException if it is nothing
     */
    public IoLimit writeBytes(ByteSize size) {
        return new IoLimit(path, readBytes, Optional.of(size), readOperations, writeOperations);
    }

    /**
     * The same with another limit of requests to read.
     *
     * @param number at most so many in a second, 1 to 4294967295
     * @return the limit
     * @throws InvalidConfigException if it is outside of that range
     */
    public IoLimit readOperations(long number) {
        return new IoLimit(path, readBytes, writeBytes, OptionalLong.of(number), writeOperations);
    }

    /**
     * The same with another limit of requests to write.
     *
     * @param number at most so many in a second, 1 to 4294967295
     * @return the limit
     * @throws InvalidConfigException if it is outside of that range
     */
    public IoLimit writeOperations(long number) {
        return new IoLimit(path, readBytes, writeBytes, readOperations, OptionalLong.of(number));
    }

    /** {@return the limit in the kernel's own words, for example {@code wbps=20971520 riops=500}} */
    @Override
    public String toString() {
        List<String> words = new ArrayList<>();
        readBytes.ifPresent(size -> words.add("rbps=" + size.bytes()));
        writeBytes.ifPresent(size -> words.add("wbps=" + size.bytes()));
        readOperations.ifPresent(number -> words.add("riops=" + number));
        writeOperations.ifPresent(number -> words.add("wiops=" + number));
        return String.join(" ", words);
    }
}

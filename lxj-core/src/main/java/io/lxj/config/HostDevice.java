package io.lxj.config;

import java.util.EnumSet;
import java.util.Set;

/**
 * A device node of the host that a container can use. Made by {@link Device#host(java.nio.file.Path)}.
 * Immutable and thread-safe.
 *
 * @param source the node on the host, an absolute path
 * @param target where it is in the container, below /dev
 * @param access what the container may do with it
 */
public record HostDevice(String source, String target, Set<DeviceAccess> access) implements Device {
    /**
     * Checks the parts.
     *
     * @param source see {@link #source()}
     * @param target see {@link #target()}
     * @param access see {@link #access()}
     * @throws io.lxj.error.InvalidConfigException if the source isn't absolute, the target isn't allowed, or no access
     *     is
     */
    public HostDevice {
        source = HostPath.check("device.source", source);
        target = DeviceRules.target(target);
        access = DeviceRules.access(access);
    }

    @Override
    public HostDevice access(DeviceAccess first, DeviceAccess... more) {
        return new HostDevice(source, target, EnumSet.of(first, more));
    }

    /** {@return the device in words, for example {@code /dev/fuse (rwm)}} */
    @Override
    public String toString() {
        String place = source.equals(target) ? target : source + " on " + target;
        return place + " (" + DeviceRules.letters(access) + ")";
    }
}

package io.lxj.storage;

import io.lxj.linux.DeviceRule;
import java.util.Objects;

/**
 * A device that a running container may use. Immutable and thread-safe.
 *
 * @param target where its node was made in the container, an absolute path below /dev
 * @param rule which device it is by its numbers, and what is allowed
 */
public record GrantedDevice(String target, DeviceRule rule) {
    /** Checks that nothing is missing. */
    public GrantedDevice {
        Objects.requireNonNull(target, "target");
        Objects.requireNonNull(rule, "rule");
    }

    /**
     * The device that a text stands for.
     *
     * @param text what {@link #toString} returns
     * @return the device
     * @throws IllegalArgumentException if it isn't such a text
     */
    static GrantedDevice parse(String text) {
        int slash = text.indexOf(" /");
        if (slash < 0) {
            throw new IllegalArgumentException("no device: " + text);
        }
        return new GrantedDevice(text.substring(slash + 1), DeviceRule.parse(text.substring(0, slash)));
    }

    /** {@return the device as text, for example {@code c 10:229 rwm /dev/fuse}} */
    @Override
    public String toString() {
        return rule + " " + target;
    }
}

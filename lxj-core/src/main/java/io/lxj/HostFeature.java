package io.lxj;

import java.util.Objects;

/**
 * What a host has of one thing that lxj uses. Immutable and thread-safe.
 *
 * @param name short and stable, for example {@code openat2} or {@code memory controller}
 * @param purpose what it is good for
 * @param required whether containers can't be run without it
 * @param available whether this process can use it
 * @param detail what was seen: the call that failed and its errno, a version, a setting; may be empty
 * @param advice what to do to get it; empty if it is available, or if there is nothing to do
 */
public record HostFeature(
        String name, String purpose, boolean required, boolean available, String detail, String advice) {
    /**
     * Checks that nothing is null.
     *
     * @param name short and stable
     * @param purpose what it is good for
     * @param required whether containers can't be run without it
     * @param available whether this process can use it
     * @param detail what was seen
     * @param advice what to do to get it
     */
    public HostFeature {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(purpose, "purpose");
        Objects.requireNonNull(detail, "detail");
        Objects.requireNonNull(advice, "advice");
    }
}

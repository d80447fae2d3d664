package io.lxj.linux;

import java.util.Objects;

/**
 * What was found out about one thing that a kernel, or the setup of a host, may offer. Immutable and thread-safe.
 *
 * @param name short and stable, for example {@code openat2}
 * @param purpose what it is good for
 * @param available whether this process can use it
 * @param detail what was seen: the call that failed and its errno, a version, a setting; may be empty
 * @param advice what to do to get it; empty if it is available
 */
public record KernelFeature(String name, String purpose, boolean available, String detail, String advice) {
    /**
     * Checks that nothing is null.
     *
     * @param name short and stable
     * @param purpose what it is good for
     * @param available whether this process can use it
     * @param detail what was seen
     * @param advice what to do to get it
     */
    public KernelFeature {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(purpose, "purpose");
        Objects.requireNonNull(detail, "detail");
        Objects.requireNonNull(advice, "advice");
    }
}

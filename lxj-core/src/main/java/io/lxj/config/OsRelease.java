package io.lxj.config;

import java.util.Objects;

/**
 * What an image says of itself in its os-release file, see os-release(5). It is the image's own claim: text for people,
 * cut to a sane length and free of control characters. Immutable and thread-safe.
 *
 * @param id the distribution in lower case, for example {@code debian}; {@code linux} where it isn't given
 * @param version its version, for example {@code 12}; empty where there is none, as for rolling distributions
 * @param prettyName what to call it, for example {@code Debian GNU/Linux 12 (bookworm)}
 */
public record OsRelease(String id, String version, String prettyName) {
    /**
     * Checks that nothing is missing.
     *
     * @param id the distribution in lower case, for example {@code debian}
     * @param version its version, for example {@code 12}
     * @param prettyName what to call it, for example {@code Debian GNU/Linux 12 (bookworm)}
     * @throws NullPointerException if an argument is null
     */
    public OsRelease {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(version, "version");
        Objects.requireNonNull(prettyName, "prettyName");
    }

    /** {@return what to call it} */
    @Override
    public String toString() {
        return prettyName;
    }
}

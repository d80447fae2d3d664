package io.lxj.lifecycle;

import io.lxj.config.CapabilityChanges;
import io.lxj.config.Security;
import io.lxj.linux.Architecture;
import io.lxj.linux.SeccompFilter;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Optional;

/**
 * The standard profile, already compiled for containers with the default capabilities: most have it, and to compile it
 * takes a fresh JVM longer than to start one. A test compiles it again and compares.
 */
final class ReadyFilters {
    private ReadyFilters() {}

    static Optional<SeccompFilter> of(Security security, boolean userNamespace, Architecture architecture) {
        if (!security.seccomp().isStandard() || !security.capabilities().equals(CapabilityChanges.NONE)) {
            return Optional.empty();
        }
        String name = name(userNamespace, architecture);
        try (InputStream file = ReadyFilters.class.getResourceAsStream(name)) {
            return Optional.of(SeccompFilter.ofBytes(file.readAllBytes()));
        } catch (IOException e) {
            throw new UncheckedIOException(name, e);
        }
    }

    static String name(boolean userNamespace, Architecture architecture) {
        return "seccomp-" + architecture.machine() + (userNamespace ? "-user" : "-host") + ".bpf";
    }
}

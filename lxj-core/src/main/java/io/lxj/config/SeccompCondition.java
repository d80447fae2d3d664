package io.lxj.config;

import io.lxj.error.InvalidConfigException;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.StringJoiner;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * When a rule of a profile holds at all: depending on the container's privileges and on the host, not on the call. The
 * conditions of Docker's format, and whether the container has a user namespace. All that are set must be met. An
 * immutable value. Thread-safe.
 *
 * @param capabilities the container has all of these
 * @param withoutCapabilities the container has none of these
 * @param architectures the host is one of these, under the names that Docker and Podman use, for example {@code amd64};
 *     empty for any
 * @param withoutArchitectures the host is none of these
 * @param minKernel the kernel's version is at least this one, for example {@code 4.8}; empty for any
 * @param belowKernel the kernel's version is less than this one; empty for any
 * @param userNamespace whether the container has a user namespace; empty if it doesn't matter
 */
public record SeccompCondition(
        Set<Capability> capabilities,
        Set<Capability> withoutCapabilities,
        Set<String> architectures,
        Set<String> withoutArchitectures,
        Optional<String> minKernel,
        Optional<String> belowKernel,
        Optional<Boolean> userNamespace) {
    /**
     * What Docker compares with (GOARCH of Go on Linux) and what Podman does (libseccomp's names in Go). Those of the
     * hosts that lxj runs on are the same in both: amd64 and arm64.
     */
    private static final Set<String> ARCHITECTURES = Collections.unmodifiableSet(new TreeSet<>(List.of(
            "386",
            "amd64",
            "arm",
            "arm64",
            "loong64",
            "m68k",
            "mips",
            "mips64",
            "mips64le",
            "mips64n32",
            "mipsel",
            "mipsel64",
            "mipsel64n32",
            "mipsle",
            "parisc",
            "parisc64",
            "ppc",
            "ppc64",
            "ppc64le",
            "riscv64",
            "s390",
            "s390x",
            "sh",
            "sheb",
            "x32",
            "x86")));

    private static final Pattern VERSION = Pattern.compile("[0-9]{1,4}\\.[0-9]{1,4}");

    /** A rule that always holds. */
    public static final SeccompCondition ALWAYS = of(Set.of(), Set.of(), Optional.empty());

    /**
     * Takes copies of the sets.
     *
     * @param capabilities see {@link #capabilities()}
     * @param withoutCapabilities see {@link #withoutCapabilities()}
     * @param architectures see {@link #architectures()}
     * @param withoutArchitectures see {@link #withoutArchitectures()}
     * @param minKernel see {@link #minKernel()}
     * @param belowKernel see {@link #belowKernel()}
     * @param userNamespace see {@link #userNamespace()}
     * @throws InvalidConfigException if the version isn't of the form {@code major.minor}, or an architecture isn't known
     */
    public SeccompCondition {
        capabilities = Enums.set(Capability.class, capabilities);
        withoutCapabilities = Enums.set(Capability.class, withoutCapabilities);
        architectures = sorted("seccomp.includes.arches", architectures);
        withoutArchitectures = sorted("seccomp.excludes.arches", withoutArchitectures);
        Objects.requireNonNull(userNamespace, "userNamespace");
        check("seccomp.includes.minKernel", minKernel);
        check("seccomp.excludes.minKernel", belowKernel);
    }

    /** Whatever the host is. */
    static SeccompCondition of(
            Set<Capability> capabilities, Set<Capability> withoutCapabilities, Optional<Boolean> userNamespace) {
        return new SeccompCondition(
                capabilities,
                withoutCapabilities,
                Set.of(),
                Set.of(),
                Optional.empty(),
                Optional.empty(),
                userNamespace);
    }

    private static void check(String field, Optional<String> version) {
        if (version.isPresent() && !VERSION.matcher(version.get()).matches()) {
            throw new InvalidConfigException(field, version.get(), "a version of the form major.minor");
        }
    }

    private static Set<String> sorted(String field, Collection<String> names) {
        Set<String> sorted = new TreeSet<>();
        for (String name : names) {
            sorted.add(architecture(field, name));
        }
        return Collections.unmodifiableSet(sorted);
    }

    /** A name that no host has would switch a rule off, or on, without a word. */
    static String architecture(String field, String name) {
        if (!ARCHITECTURES.contains(Objects.requireNonNull(name, field))) {
            throw new InvalidConfigException(field, name, "one of " + String.join(", ", ARCHITECTURES));
        }
        return name;
    }

    /**
     * The container has a capability.
     *
     * @param capability the capability
     * @return the condition
     */
    public static SeccompCondition with(Capability capability) {
        return of(Set.of(capability), Set.of(), Optional.empty());
    }

    /**
     * The container has none of these capabilities.
     *
     * @param capabilities the capabilities
     * @return the condition
     */
    public static SeccompCondition without(Capability... capabilities) {
        return of(Set.of(), Set.of(capabilities), Optional.empty());
    }

    /**
     * The container has no user namespace: its root is the host's.
     *
     * @return the condition
     */
    public static SeccompCondition withoutUserNamespace() {
        return of(Set.of(), Set.of(), Optional.of(false));
    }

    /** {@return the conditions in words; empty if there are none} */
    @Override
    public String toString() {
        StringJoiner text = new StringJoiner(", ");
        capabilities.forEach(capability -> text.add("with " + capability));
        withoutCapabilities.forEach(capability -> text.add("without " + capability));
        architectures.forEach(architecture -> text.add("on " + architecture));
        withoutArchitectures.forEach(architecture -> text.add("not on " + architecture));
        if (minKernel.isPresent()) {
            text.add("from Linux " + minKernel.get());
        }
        if (belowKernel.isPresent()) {
            text.add("before Linux " + belowKernel.get());
        }
        if (userNamespace.isPresent()) {
            text.add(userNamespace.get() ? "in a user namespace" : "without a user namespace");
        }
        return text.toString();
    }
}

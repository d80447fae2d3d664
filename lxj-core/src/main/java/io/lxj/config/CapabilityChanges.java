package io.lxj.config;

import io.lxj.error.InvalidConfigException;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * Which capabilities the root user of a container has, and with it every program that it executes, as differences from
 * the default. An immutable value: every method returns a new one. Thread-safe.
 *
 * <p>By default a container doesn't have the capabilities that act on the whole machine: {@link #droppedByDefault}.
 *
 * @param kept the capabilities that it has though it wouldn't by default
 * @param dropped the capabilities that it doesn't have though it would by default
 */
public record CapabilityChanges(Set<Capability> kept, Set<Capability> dropped) {
    /** The default capabilities. */
    public static final CapabilityChanges NONE = new CapabilityChanges(Set.of(), Set.of());

    /**
     * What the kernel asks of the initial user namespace alone, so that it is of no use in another one, and what systemd
     * takes for a sign that it may do what no container can: modules, ports, the clock, the audit system, mandatory
     * access control, the kernel's log, when the machine sleeps, and measuring what runs on it. Writing to the audit system
     * is of no use either, but the runtimes of the OCI give it to their containers, and couldn't start them without.
     */
    private static final Set<Capability> OF_THE_MACHINE = Collections.unmodifiableSet(EnumSet.of(
            Capability.SYS_MODULE,
            Capability.SYS_RAWIO,
            Capability.SYS_TIME,
            Capability.AUDIT_CONTROL,
            Capability.AUDIT_READ,
            Capability.MAC_OVERRIDE,
            Capability.MAC_ADMIN,
            Capability.SYSLOG,
            Capability.WAKE_ALARM,
            Capability.BLOCK_SUSPEND,
            Capability.PERFMON));

    /** As root of the host it could moreover look into everything that runs there, and put words into its audit log. */
    private static final Set<Capability> OF_THE_HOST = Collections.unmodifiableSet(
            union(OF_THE_MACHINE, List.of(Capability.BPF, Capability.CHECKPOINT_RESTORE, Capability.AUDIT_WRITE)));

    /**
     * Takes copies of the sets.
     *
     * @param kept see {@link #kept()}
     * @param dropped see {@link #dropped()}
     * @throws InvalidConfigException if one is in both
     */
    public CapabilityChanges {
        kept = Enums.set(Capability.class, kept);
        dropped = Enums.set(Capability.class, dropped);
        for (Capability both : kept) {
            if (dropped.contains(both)) {
                throw InvalidConfigException.problem(
                        "security.capabilities", "has " + both + " among both, kept and dropped", "one or the other");
            }
        }
    }

    private static EnumSet<Capability> union(Set<Capability> set, List<Capability> more) {
        EnumSet<Capability> union = EnumSet.noneOf(Capability.class);
        union.addAll(set);
        union.addAll(more);
        return union;
    }

    private static EnumSet<Capability> without(Set<Capability> set, List<Capability> fewer) {
        EnumSet<Capability> rest = union(set, List.of());
        rest.removeAll(fewer);
        return rest;
    }

    /**
     * What a container doesn't have unless it is kept. In its own user namespace that is what has no effect there: {@code
     * CAP_SYS_MODULE}, {@code CAP_SYS_RAWIO}, {@code CAP_SYS_TIME}, {@code CAP_AUDIT_CONTROL}, {@code CAP_AUDIT_READ},
     * {@code CAP_MAC_OVERRIDE}, {@code CAP_MAC_ADMIN}, {@code CAP_SYSLOG}, {@code CAP_WAKE_ALARM}, {@code CAP_BLOCK_SUSPEND}
     * and {@code CAP_PERFMON}. Without one also {@code CAP_BPF}, {@code CAP_CHECKPOINT_RESTORE} and {@code CAP_AUDIT_WRITE}.
     *
     * <p>{@code CAP_SYS_BOOT} isn't among them, as reboot(2) in a PID namespace only ends its init, which is how a container
     * halts; nor {@code CAP_MKNOD}, as devices are denied when they are opened; nor {@code CAP_SYS_ADMIN}, without which
     * systemd doesn't run.
     *
     * @param userNamespace whether the container has a user namespace
     * @return the capabilities
     */
    public static Set<Capability> droppedByDefault(boolean userNamespace) {
        return userNamespace ? OF_THE_MACHINE : OF_THE_HOST;
    }

    /** Identity first: most containers have none, and to compare records costs a fresh JVM some time. */
    @Override
    public boolean equals(Object other) {
        return this == other
                || other instanceof CapabilityChanges changes
                        && kept.equals(changes.kept)
                        && dropped.equals(changes.dropped);
    }

    @Override
    public int hashCode() {
        return 31 * kept.hashCode() + dropped.hashCode();
    }

    /**
     * The same, but some capabilities are kept.
     *
     * @param capabilities the capabilities
     * @return the changes
     */
    public CapabilityChanges keep(Capability... capabilities) {
        List<Capability> list = List.of(capabilities);
        return new CapabilityChanges(union(kept, list), without(dropped, list));
    }

    /**
     * The same, but some capabilities are dropped.
     *
     * @param capabilities the capabilities
     * @return the changes
     */
    public CapabilityChanges drop(Capability... capabilities) {
        List<Capability> list = List.of(capabilities);
        return new CapabilityChanges(without(kept, list), union(dropped, list));
    }

    /**
     * The same, but these are kept and all others are dropped.
     *
     * @param capabilities the capabilities
     * @return the changes
     */
    public CapabilityChanges keepOnly(Capability... capabilities) {
        List<Capability> list = List.of(capabilities);
        return new CapabilityChanges(union(Set.of(), list), without(EnumSet.allOf(Capability.class), list));
    }

    /**
     * What a container with these changes doesn't have.
     *
     * @param userNamespace whether the container has a user namespace
     * @return the capabilities, in the order of their numbers
     */
    public Set<Capability> allDropped(boolean userNamespace) {
        EnumSet<Capability> all = union(droppedByDefault(userNamespace), List.copyOf(dropped));
        all.removeAll(kept);
        return Collections.unmodifiableSet(all);
    }
}

package io.lxj.plan;

import io.lxj.linux.Architecture;
import io.lxj.linux.MountFlags;
import io.lxj.linux.SeccompFilter;
import io.lxj.linux.SeccompPolicy;
import io.lxj.linux.SeccompVerdict;
import io.lxj.linux.SyscallAbi;
import io.lxj.plan.LaunchSpec.LogSpec;
import io.lxj.plan.LaunchSpec.MountSpec;
import io.lxj.plan.LaunchSpec.Node;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** What the tests of plans launch. */
final class Specs {
    static final ProcessSpec PROCESS =
            new ProcessSpec(Map.of(), OptionalInt.empty(), 022, List.of(), Map.of(), Optional.empty(), true);
    static final Confinement CONFINEMENT = new Confinement(
            List.of(16, 25), 0x1FFFFFFFFFFL, 524_288, false, Optional.empty(), Optional.empty(), PROCESS);

    private static final LaunchSpec.UserNamespace USER_NAMESPACE = new LaunchSpec.UserNamespace(100_000, 100_000, true);

    private static final SeccompFilter FILTER = SeccompFilter.of(
            new SeccompPolicy(
                    Set.of(SyscallAbi.X86_64),
                    List.of(),
                    SeccompVerdict.ALLOW,
                    SeccompVerdict.ALLOW,
                    SeccompVerdict.KILL_PROCESS),
            Architecture.X86_64);

    private Specs() {}

    static LaunchSpec filtered(boolean noNewPrivileges) {
        return init(false, List.of(), List.of(), confinement(noNewPrivileges));
    }

    /** Of an ordinary user, for commands of a build: there is no init. */
    static LaunchSpec building() {
        LaunchSpec user = ofUser();
        return new LaunchSpec(
                user.name(),
                user.hostname(),
                user.uuid(),
                List.of(),
                user.environment(),
                user.credentials(),
                user.listening(),
                user.workingDirectory(),
                user.mounts(),
                user.devices(),
                user.terminals(),
                user.osRelease(),
                user.confinement().with(FILTER),
                user.keep(),
                user.log(),
                user.userNamespace(),
                user.nested());
    }

    static Confinement confinement(boolean noNewPrivileges) {
        return new Confinement(
                List.of(16, 25),
                0x1FFFFFFFFFFL,
                524_288,
                noNewPrivileges,
                Optional.of(FILTER),
                Optional.empty(),
                PROCESS);
    }

    static Confinement labeled(SecurityLabel label) {
        return new Confinement(
                List.of(16, 25), 0x1FFFFFFFFFFL, 524_288, true, Optional.of(FILTER), Optional.of(label), PROCESS);
    }

    static LaunchSpec init(boolean keep, Confinement confinement) {
        return init(keep, List.of(), List.of(), confinement);
    }

    static LaunchSpec init(boolean keep, List<MountSpec> mounts, List<Node> devices) {
        return init(keep, mounts, devices, CONFINEMENT);
    }

    /** As lxj launches it inside a container. */
    static LaunchSpec nested(boolean keep) {
        return init(keep, List.of(), List.of(), CONFINEMENT, true);
    }

    private static LaunchSpec init(boolean keep, List<MountSpec> mounts, List<Node> devices, Confinement confinement) {
        return init(keep, mounts, devices, confinement, false);
    }

    private static LaunchSpec init(
            boolean keep, List<MountSpec> mounts, List<Node> devices, Confinement confinement, boolean nested) {
        return init(keep, mounts, devices, confinement, nested, Optional.empty());
    }

    private static LaunchSpec init(
            boolean keep,
            List<MountSpec> mounts,
            List<Node> devices,
            Confinement confinement,
            boolean nested,
            Optional<LaunchSpec.UserNamespace> userNamespace) {
        return new LaunchSpec(
                "web1",
                "web1.example",
                "0123456789abcdef0123456789abcdef",
                List.of("/sbin/init", "--log"),
                Map.of("PATH", "/bin", "container", "lxj"),
                Map.of(),
                0,
                "/srv",
                mounts,
                devices,
                new LaunchSpec.Terminals(30, 100, keep ? 0 : 2),
                "ID=test\n".getBytes(),
                confinement,
                keep,
                new LogSpec(4096, 2),
                userNamespace,
                nested);
    }

    /** In a user namespace of its own. */
    static LaunchSpec unprivileged(boolean keep) {
        return unprivileged(keep, CONFINEMENT);
    }

    /** With a mount whose flags root of its user namespace can't lift. */
    static LaunchSpec locked(boolean keep) {
        MountSpec readOnly = new MountSpec("/srv", true, null, MountFlags.MOUNT_ATTR_RDONLY);
        return init(keep, List.of(readOnly), List.of(), CONFINEMENT, false, Optional.of(USER_NAMESPACE));
    }

    /** As an ordinary user launches it. */
    static LaunchSpec ofUser() {
        ProcessSpec process = new ProcessSpec(
                Map.of(),
                OptionalInt.empty(),
                022,
                List.of(),
                Map.of(),
                Optional.empty(),
                false,
                Optional.of(new ProcessSpec.Deputized(true, true)));
        return unprivileged(
                false, new Confinement(List.of(), 0, 524_288, false, Optional.empty(), Optional.empty(), process));
    }

    private static LaunchSpec unprivileged(boolean keep, Confinement confinement) {
        return init(keep, List.of(), List.of(), confinement, false, Optional.of(USER_NAMESPACE));
    }

    static LaunchSpec init(boolean keep) {
        return init(keep, List.of(), List.of());
    }

    static ExecSpec exec(int uid, boolean terminal, String... candidates) {
        return exec(uid, terminal, CONFINEMENT, candidates);
    }

    static ExecSpec exec(int uid, boolean terminal, Confinement confinement, String... candidates) {
        return new ExecSpec(
                "web1",
                List.of(candidates),
                List.of("tool", "-x"),
                Map.of("B", "2", "A", "1"),
                "/tmp",
                uid,
                33,
                List.of(1, 2, 3),
                terminal,
                false,
                confinement);
    }
}

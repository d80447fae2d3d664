package io.lxj.plan;

import io.lxj.plan.LaunchSpec.LogSpec;
import io.lxj.plan.LaunchSpec.MountSpec;
import io.lxj.plan.LaunchSpec.Node;
import java.util.List;
import java.util.Map;

/** What the tests of plans launch. */
final class Specs {
    static final Confinement CONFINEMENT = new Confinement(List.of(16, 25), 0x1FFFFFFFFFFL, 524_288);

    private Specs() {}

    static LaunchSpec init(boolean keep, List<MountSpec> mounts, List<Node> devices) {
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
                CONFINEMENT,
                keep,
                new LogSpec(4096, 2));
    }

    static LaunchSpec init(boolean keep) {
        return init(keep, List.of(), List.of());
    }

    static ExecSpec exec(int uid, boolean terminal, String... candidates) {
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
                CONFINEMENT);
    }
}

package io.lxj.examples.benchmark;

import io.lxj.Container;
import io.lxj.config.Config;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** From nothing to reaped: busybox true in all namespaces but user and time. */
final class StartExit {
    private static final String TRUE = "/bin/true";

    private static final int WARM_UPS = 1000;

    private StartExit() {}

    static Case of(Workspace work) throws IOException {
        List<Subject> subjects = new ArrayList<>();
        Config config = Config.of(work.busybox()).init(TRUE);
        subjects.add(lxj(work, config));
        subjects.add(lxjAgain(work, config));
        Path rootfs = work.rootfs(work.busybox());
        if (Lxc.isInstalled()) {
            Lxc lxc = new Lxc(work.folder("lxc"));
            lxc.configure("start-exit", rootfs);
            List<String> command = lxc.command("lxc-execute", "start-exit", "--", TRUE);
            subjects.add(Subject.of("lxc-execute", () -> HostCommand.run(command)));
        }
        for (String runtime : List.of("crun", "runc")) {
            if (HostCommand.isInstalled(runtime)) {
                Oci oci = new Oci(runtime, work.folder(runtime));
                oci.configure(rootfs, TRUE);
                List<String> command = oci.command("run", "--bundle", oci.bundle(), "lxj-benchmark");
                subjects.add(Subject.of(runtime, () -> HostCommand.run(command)));
            }
        }
        if (HostCommand.isInstalled("bwrap")) {
            List<String> command = List.of(
                    "bwrap",
                    "--bind",
                    rootfs.toString(),
                    "/",
                    "--proc",
                    "/proc",
                    "--dev",
                    "/dev",
                    "--tmpfs",
                    "/run",
                    "--unshare-pid",
                    "--unshare-net",
                    "--unshare-ipc",
                    "--unshare-uts",
                    "--unshare-cgroup",
                    "--hostname",
                    "bwrap",
                    "--die-with-parent",
                    TRUE);
            subjects.add(Subject.of("bwrap", () -> HostCommand.run(command)));
        }
        subjects.add(Subject.of("no container: a process of the host", () -> HostCommand.run("/bin/busybox", "true")));
        return new Case("start-exit", work.options().rounds(100), work.options().rounds(100), subjects);
    }

    private static Subject lxj(Workspace work, Config config) {
        return new Subject.Simple(
                "lxj",
                work.options().rounds(WARM_UPS),
                () -> ShortLife.run(work.lxj().containers().create("start-exit", config)),
                () -> work.lxj().containers().get("start-exit").destroy(),
                () -> {});
    }

    private static Subject lxjAgain(Workspace work, Config config) {
        Container container = work.lxj().containers().create("start-exit-again", config);
        return new Subject.Simple(
                "lxj, of a container that exists", 0, () -> ShortLife.run(container), () -> {}, container::destroy);
    }
}

package io.lxj.examples.benchmark;

import io.lxj.Container;
import io.lxj.config.Config;
import io.lxj.config.SeccompProfile;
import io.lxj.config.Security;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * From nothing to reaped: busybox true in all namespaces but user and time, and with a user namespace of its own and the
 * filter of system calls, as containers are without any setting.
 */
final class StartExit {
    private static final String TRUE = "/bin/true";

    /** HotSpot compiles a method to its best after 5000 calls (-XX:Tier4InvocationThreshold), and takes a while for it. */
    static final int WARM_UPS = 8000;

    private StartExit() {}

    static Case privileged(Workspace work) throws IOException {
        List<Subject> subjects = new ArrayList<>();
        Security open = Security.DEFAULT.seccomp(SeccompProfile.unconfined());
        Config config = Config.of(work.busybox()).init(TRUE).privileged().security(open);
        subjects.addAll(lxj(work, "start-exit", config));
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
            List<String> unshare =
                    List.of("--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup");
            subjects.add(bubblewrap("bwrap", rootfs, unshare));
        }
        Floor.of(work, false).ifPresent(subjects::add);
        subjects.add(Subject.of("no container: a process of the host", () -> HostCommand.run("/bin/busybox", "true")));
        return new Case("start-exit", work.options().rounds(100), work.options().rounds(100), subjects);
    }

    static Case unprivileged(Workspace work) throws IOException, InterruptedException {
        List<Subject> subjects = new ArrayList<>();
        Config config = Config.of(work.busybox()).init(TRUE);
        subjects.addAll(lxj(work, "start-exit-unprivileged", config));
        Path rootfs = work.rootfs(work.busybox());
        if (Lxc.isInstalled()) {
            Path folder = work.folder("lxc-unprivileged");
            Path copy = folder.resolve("rootfs");
            HostCommand.run("cp", "-a", rootfs.toString(), copy.toString());
            // LXC looks the root up as the container's root, who is nobody here.
            HostCommand.run("chmod", "711", folder.getParent().toString(), folder.toString());
            Lxc lxc = new Lxc(folder);
            lxc.configureUnprivileged("start-exit", copy);
            // Without newuidmap in its path it writes the map itself; root's ranges need not be set up for it then.
            List<String> command = new ArrayList<>(List.of("env", "PATH=/"));
            command.addAll(lxc.command("/usr/bin/lxc-execute", "start-exit", "--", TRUE));
            subjects.add(Subject.of("lxc-execute, with an id map", () -> HostCommand.run(command)));
        }
        if (HostCommand.isInstalled("bwrap")) {
            subjects.add(bubblewrap("bwrap --unshare-all", rootfs, List.of("--unshare-all")));
        }
        Floor.of(work, true).ifPresent(subjects::add);
        return new Case(
                "start-exit-unprivileged",
                work.options().rounds(100),
                work.options().rounds(100),
                subjects);
    }

    private static Subject bubblewrap(String name, Path rootfs, List<String> unshare) {
        List<String> command = new ArrayList<>(List.of("bwrap", "--bind", rootfs.toString(), "/"));
        command.addAll(List.of("--proc", "/proc", "--dev", "/dev", "--tmpfs", "/run"));
        command.addAll(unshare);
        command.addAll(List.of("--hostname", "bwrap", "--die-with-parent", TRUE));
        return Subject.of(name, () -> HostCommand.run(command));
    }

    private static List<Subject> lxj(Workspace work, String name, Config config) {
        return List.of(
                lxj(
                        work,
                        name,
                        "lxj",
                        () -> ShortLife.await(work.lxj().containers().launch(name, config))),
                lxj(
                        work,
                        name,
                        "lxj, created and then started",
                        () -> ShortLife.run(work.lxj().containers().create(name, config))));
    }

    private static Subject lxj(Workspace work, String name, String what, Subject.Work life) {
        return new Subject.Simple(
                what,
                work.options().rounds(WARM_UPS),
                life,
                () -> work.lxj().containers().get(name).destroy(),
                () -> {});
    }

    private static Subject lxjAgain(Workspace work, Config config) {
        Container container = work.lxj().containers().create("start-exit-again", config);
        return new Subject.Simple(
                "lxj, of a container that exists", 0, () -> ShortLife.run(container), () -> {}, container::destroy);
    }
}

package io.lxj.examples.benchmark;

import io.lxj.Container;
import io.lxj.config.Config;
import io.lxj.config.ExecResult;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A command in a running container: busybox true, to its exit. */
final class Exec {
    private static final String NAME = "exec";
    private static final String TRUE = "/bin/true";
    private static final String[] INIT = {"/bin/sleep", "100000"};

    private Exec() {}

    static Case of(Workspace work) throws IOException, InterruptedException {
        List<Subject> subjects = new ArrayList<>();
        subjects.add(lxj(work));
        Path rootfs = work.rootfs(work.busybox());
        if (Lxc.isInstalled()) {
            subjects.add(lxcAttach(new Lxc(work.folder("lxc")), rootfs));
        }
        for (String runtime : List.of("crun", "runc")) {
            if (HostCommand.isInstalled(runtime)) {
                subjects.add(oci(runtime, new Oci(runtime, work.folder(runtime)), rootfs));
            }
        }
        return new Case(NAME, work.options().rounds(100), work.options().rounds(100), subjects);
    }

    private static Subject lxj(Workspace work) {
        Config config = Config.of(work.busybox()).init(INIT[0], INIT[1]);
        Container container = work.lxj().containers().create(NAME, config);
        container.start();
        return new Subject.Simple(
                "lxj",
                work.options().rounds(StartExit.WARM_UPS),
                () -> {
                    ExecResult result = container.exec(TRUE);
                    if (!result.isSuccess()) {
                        throw new IllegalStateException(result.toString());
                    }
                },
                () -> {},
                () -> {
                    container.stop();
                    container.destroy();
                });
    }

    private static Subject lxcAttach(Lxc lxc, Path rootfs) throws IOException, InterruptedException {
        lxc.configure(NAME, rootfs);
        lxc.run("lxc-start", NAME, "-d", "--", INIT[0], INIT[1]);
        List<String> command = lxc.command("lxc-attach", NAME, "--", TRUE);
        return new Subject.Simple(
                "lxc-attach", 0, () -> HostCommand.run(command), () -> {}, () -> lxc.run("lxc-stop", NAME, "-k"));
    }

    private static Subject oci(String runtime, Oci oci, Path rootfs) throws IOException, InterruptedException {
        oci.configure(rootfs, INIT);
        HostCommand.run(oci.command("run", "--detach", "--bundle", oci.bundle(), "lxj-benchmark-exec"));
        List<String> command = oci.command("exec", "lxj-benchmark-exec", TRUE);
        return new Subject.Simple(
                runtime + " exec",
                0,
                () -> HostCommand.run(command),
                () -> {},
                () -> HostCommand.run(oci.command("delete", "--force", "lxj-benchmark-exec")));
    }
}

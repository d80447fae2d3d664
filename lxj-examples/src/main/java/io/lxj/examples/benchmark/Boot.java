package io.lxj.examples.benchmark;

import io.lxj.Container;
import io.lxj.Image;
import io.lxj.config.Config;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** From the start of a Debian to the moment when systemctl says that it runs; on an overlay, not for the first time. */
final class Boot {
    private static final String NAME = "boot";
    private static final Set<String> BOOTED = Set.of("running", "degraded");
    private static final String[] QUESTION = {"systemctl", "is-system-running", "--wait"};

    private Boot() {}

    static Case of(Workspace work, Image debian) throws IOException {
        List<Subject> subjects = new ArrayList<>();
        subjects.add(lxj(work, debian));
        Path rootfs = work.rootfs(debian);
        if (Lxc.isInstalled()) {
            Lxc lxc = new Lxc(work.folder("lxc"));
            lxc.configureOverlay(NAME, rootfs);
            subjects.add(lxcStart(lxc));
        }
        return new Case(NAME, 1, work.options().rounds(10), subjects);
    }

    private static Subject lxj(Workspace work, Image debian) {
        Container container = work.lxj().containers().create(NAME, Config.of(debian));
        return new Subject() {
            @Override
            public String name() {
                return "lxj";
            }

            @Override
            public long run() throws Exception {
                long start = System.nanoTime();
                container.start();
                while (!BOOTED.contains(container
                        .exec(QUESTION[0], QUESTION[1], QUESTION[2])
                        .stdout()
                        .strip())) {
                    Thread.sleep(1);
                }
                long time = System.nanoTime() - start;
                container.stop();
                return time;
            }

            @Override
            public void end() {
                container.destroy();
            }
        };
    }

    private static Subject lxcStart(Lxc lxc) {
        String[] question = lxc.command("lxc-attach", NAME, "--", QUESTION[0], QUESTION[1], QUESTION[2])
                .toArray(String[]::new);
        return new Subject() {
            @Override
            public String name() {
                return "lxc-start";
            }

            @Override
            public long run() throws Exception {
                long start = System.nanoTime();
                lxc.run("lxc-start", NAME, "-d");
                try {
                    while (!BOOTED.contains(HostCommand.output(question))) {
                        Thread.sleep(1);
                    }
                    return System.nanoTime() - start;
                } finally {
                    lxc.run("lxc-stop", NAME, "-k");
                }
            }
        };
    }
}

package io.lxj.examples.benchmark;

import io.lxj.Image;
import io.lxj.config.Config;
import io.lxj.config.Storage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A new container of an image, not started. */
final class Create {
    private Create() {}

    static Case overlay(Workspace work, Image image) {
        List<Subject> subjects = new ArrayList<>();
        subjects.add(lxj("lxj, of Debian", work, Config.of(image)));
        subjects.add(lxj("lxj, of a busybox", work, Config.of(work.busybox())));
        return new Case(
                "create (overlay)", work.options().rounds(500), work.options().rounds(100), subjects);
    }

    static Case copy(Workspace work, Image image) throws IOException {
        List<Subject> subjects = new ArrayList<>();
        subjects.add(lxj("lxj, of Debian", work, Config.of(image).storage(Storage.COPY)));
        Path target = work.folder("cp").resolve("rootfs");
        Subject.Work remove = () -> HostCommand.run("rm", "-rf", target.toString());
        List<String> copy = List.of("cp", "-a", work.rootfs(image).toString(), target.toString());
        subjects.add(Subject.of("cp -a", () -> HostCommand.run(copy), remove));
        subjects.add(Subject.of(
                "cp -a, then sync -f",
                () -> {
                    HostCommand.run(copy);
                    HostCommand.run("sync", "-f", target.toString());
                },
                remove));
        return new Case("create (copy)", 1, work.options().rounds(10) / 2 + 1, subjects);
    }

    private static Subject lxj(String name, Workspace work, Config config) {
        return Subject.of(
                name,
                () -> work.lxj().containers().create("create", config),
                () -> work.lxj().containers().get("create").destroy());
    }
}

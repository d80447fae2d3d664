package io.lxj.examples.benchmark;

import io.lxj.Container;
import io.lxj.Lxj;
import io.lxj.config.Config;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A fresh JVM to the exit of its first container; it is a program of its own. */
public final class Cold {
    private Cold() {}

    /**
     * Runs a container once, or does nothing at all.
     *
     * @param arguments a state folder with an image "busybox"; none for a JVM that does nothing
     * @throws Exception if the container couldn't be run
     */
    public static void main(String[] arguments) throws Exception {
        if (arguments.length == 0) {
            return;
        }
        try (Lxj lxj = Lxj.open(Path.of(arguments[0]))) {
            Container container =
                    lxj.containers().create("cold", Config.ofImage("busybox").init("/bin/true"));
            ShortLife.run(container);
            container.destroy();
        }
    }

    static Case of(Workspace work) {
        String state = work.lxj().folder().toString();
        List<Subject> subjects = new ArrayList<>();
        subjects.add(Subject.of("lxj", () -> HostCommand.run(java(state))));
        subjects.add(Subject.of("no container: a JVM that does nothing", () -> HostCommand.run(java())));
        return new Case("cold", 1, work.options().rounds(10) + 1, subjects);
    }

    private static List<String> java(String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin/java").toString());
        command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Cold.class.getName()));
        command.addAll(List.of(arguments));
        return command;
    }
}

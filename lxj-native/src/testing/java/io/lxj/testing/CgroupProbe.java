package io.lxj.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Directories of the cgroup v2 hierarchy. */
final class CgroupProbe implements Probe {

    @Override
    public String kind() {
        return "cgroup";
    }

    @Override
    public List<String> look() throws IOException {
        List<String> found = new ArrayList<>();
        for (Path mount : MountProbe.cgroupMounts()) {
            collect(mount, found);
        }
        return Host.isExclusive()
                ? found
                : found.stream().filter(cgroup -> isOurs(cgroup, found)).toList();
    }

    /** Others may use lxj on this host meanwhile; what has processes that aren't ours is theirs. */
    private static boolean isOurs(String cgroup, List<String> all) {
        int name = cgroup.indexOf("/lxj-");
        if (name < 0) {
            return false;
        }
        int end = cgroup.indexOf('/', name + 1);
        String top = end < 0 ? cgroup : cgroup.substring(0, end);
        Set<String> ours = ProcessHandle.current()
                .descendants()
                .map(process -> Long.toString(process.pid()))
                .collect(Collectors.toSet());
        return all.stream()
                .filter(path -> path.equals(top) || path.startsWith(top + "/"))
                .flatMap(path -> lines(Path.of(path, "cgroup.procs")).stream())
                .allMatch(ours::contains);
    }

    // A recursion of our own: cgroups come and go while they are walked, and Files.walk would give up then.
    private static void collect(Path cgroup, List<String> found) throws IOException {
        for (Path entry : Host.list(cgroup)) {
            if (Files.isDirectory(entry)) {
                found.add(entry.toString());
                collect(entry, found);
            }
        }
    }

    @Override
    public String describe(String leaked) throws IOException {
        List<String> processes = new ArrayList<>();
        for (String pid : lines(Path.of(leaked, "cgroup.procs"))) {
            processes.add(pid + " " + String.join(" ", lines(Path.of("/proc", pid, "comm"))));
        }
        return leaked + (processes.isEmpty() ? ", empty" : ", with the processes " + String.join(", ", processes));
    }

    @Override
    public void remove(String leaked) throws IOException, InterruptedException {
        if (!Host.isExclusive()) {
            // It may be another's after all, with processes that came since it was looked at: nothing is killed on a
            // guess.
            return;
        }
        Path kill = Path.of(leaked, "cgroup.kill");
        if (Files.exists(kill)) {
            Files.writeString(kill, "1");
        }
        for (int attempt = 0; Files.isDirectory(Path.of(leaked)) && attempt < 50; attempt++) {
            // rmdir(2) fails with EBUSY until the last process is gone.
            Host.run("rmdir", leaked).waitFor();
            Thread.sleep(20);
        }
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            return List.of(); // gone, or of a type that has no processes: the path is report enough
        }
    }
}

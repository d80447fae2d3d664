package io.lxj.testing;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Mounts of this JVM's mount namespace, see proc_pid_mountinfo(5). */
final class MountProbe implements Probe {
    private static final Pattern OCTAL_ESCAPE = Pattern.compile("\\\\([0-7]{3})");

    @Override
    public String kind() {
        return "mount";
    }

    @Override
    public List<String> look() throws IOException {
        Predicate<Mount> ours = mount -> Host.isExclusive() || mount.isBelow(Host.temporaryFolder());
        return mounts().stream().filter(ours).map(Mount::toString).toList();
    }

    @Override
    public void remove(String leaked) throws IOException, InterruptedException {
        for (Mount mount : mounts()) {
            if (mount.toString().equals(leaked)) {
                Host.run("umount", "--lazy", mount.point()).waitFor();
            }
        }
    }

    /** The folders where cgroup v2 is mounted. */
    static List<Path> cgroupMounts() throws IOException {
        return mounts().stream()
                .filter(mount -> mount.type().equals("cgroup2") && mount.root().equals("/"))
                .map(mount -> Path.of(mount.point()))
                .toList();
    }

    private static List<Mount> mounts() throws IOException {
        // Latin 1 keeps every byte of a name that isn't UTF-8 readable; the report needs no more.
        return Files.readAllLines(Path.of("/proc/self/mountinfo"), StandardCharsets.ISO_8859_1).stream()
                .map(Mount::parse)
                .toList();
    }

    private record Mount(String root, String point, String type, String source) {

        static Mount parse(String line) {
            String[] halves = line.split(" - ", 2);
            String[] place = halves[0].split(" ");
            String[] what = halves[1].split(" ");
            return new Mount(unescape(place[3]), unescape(place[4]), what[0], unescape(what[1]));
        }

        boolean isBelow(Path folder) {
            return (root + "/").contains(folder + "/") || (point + "/").startsWith(folder + "/");
        }

        private static String unescape(String text) {
            return OCTAL_ESCAPE.matcher(text).replaceAll(Mount::character);
        }

        private static String character(MatchResult escape) {
            return Matcher.quoteReplacement(String.valueOf((char) Integer.parseInt(escape.group(1), 8)));
        }

        @Override
        public String toString() {
            return point + " (" + type + " of " + source + ", " + root + ")";
        }
    }
}

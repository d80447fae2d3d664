package io.lxj;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Which ids of the host the processes of a running container may have, as the kernel maps them. */
final class HostIds {
    private HostIds() {}

    /**
     * Ids from a first one to a last one.
     *
     * @param first the first one
     * @param last the last one
     */
    record Range(long first, long last) {
        boolean overlaps(Range other) {
            return first <= other.last && other.first <= last;
        }
    }

    /** The ranges of users. */
    static List<Range> users(Container container) throws IOException {
        return ranges(container, "uid_map");
    }

    /** The ranges of groups. */
    static List<Range> groups(Container container) throws IOException {
        return ranges(container, "gid_map");
    }

    /** What two containers have in common, which is to be nothing. */
    static List<String> shared(Container one, Container other) throws IOException {
        List<String> shared = new ArrayList<>();
        for (String file : List.of("uid_map", "gid_map")) {
            for (Range own : ranges(one, file)) {
                ranges(other, file).stream()
                        .filter(own::overlaps)
                        .map(range -> file + ": " + own + " and " + range)
                        .forEach(shared::add);
            }
        }
        return shared;
    }

    private static List<Range> ranges(Container container, String file) throws IOException {
        return Files.readAllLines(Path.of("/proc/" + container.pid().orElseThrow(), file)).stream()
                .map(line -> line.strip().split("\\s+"))
                .map(numbers -> range(Long.parseLong(numbers[1]), Long.parseLong(numbers[2])))
                .toList();
    }

    private static Range range(long first, long count) {
        return new Range(first, first + count - 1);
    }
}

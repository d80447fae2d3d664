package io.lxj.examples.benchmark;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What the command line asks for.
 *
 * @param work a folder for all that is made, removed by the caller
 * @param quick whether few runs are enough
 * @param json where to write the results as JSON
 * @param markdown where to write the table
 * @param rootfs the folders in which archives are looked for
 * @param cases the names of the cases; all if there are none
 */
record Options(
        Path work, boolean quick, Optional<Path> json, Optional<Path> markdown, List<Path> rootfs, Set<String> cases) {

    static Options parse(String[] arguments) {
        Iterator<String> rest = List.of(arguments).iterator();
        Path work = Path.of(rest.next());
        boolean quick = false;
        Optional<Path> json = Optional.empty();
        Optional<Path> markdown = Optional.empty();
        List<Path> rootfs = new ArrayList<>();
        Set<String> cases = new LinkedHashSet<>();
        while (rest.hasNext()) {
            String argument = rest.next();
            switch (argument) {
                case "--quick" -> quick = true;
                case "--json" -> json = Optional.of(value(argument, rest));
                case "--markdown" -> markdown = Optional.of(value(argument, rest));
                case "--rootfs" -> rootfs.add(value(argument, rest));
                default -> cases.add(argument);
            }
        }
        if (!Benchmark.CASES.containsAll(cases)) {
            throw new IllegalArgumentException(cases + ": the cases are " + Benchmark.CASES);
        }
        return new Options(work, quick, json, markdown, rootfs.isEmpty() ? usualFolders() : rootfs, cases);
    }

    boolean asksFor(String name) {
        return cases.isEmpty() || cases.contains(name);
    }

    /** So many rounds, or a tenth if a quick look is all that is wanted. */
    int rounds(int many) {
        return quick ? Math.max(1, many / 10) : many;
    }

    private static Path value(String option, Iterator<String> rest) {
        if (!rest.hasNext()) {
            throw new IllegalArgumentException(option + " needs a value");
        }
        return Path.of(rest.next());
    }

    private static List<Path> usualFolders() {
        List<Path> folders = new ArrayList<>();
        Optional.ofNullable(System.getenv("LXJ_TEST_ROOTFS"))
                .ifPresent(list -> Arrays.stream(list.split(":")).map(Path::of).forEach(folders::add));
        folders.add(Path.of(System.getProperty("user.home"), ".cache/lxj/rootfs"));
        return folders;
    }
}

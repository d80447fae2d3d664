package io.lxj.testing;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Root filesystem archives for tests. They are too large for the repository and are looked for in this order: the
 * folders that LXJ_TEST_ROOTFS lists (separated by colons), the cache that .ci/run fills
 * ({@code ${XDG_CACHE_HOME:-~/.cache}/lxj/rootfs}), and {@code shared/rootfs} beside the checkout.
 */
public final class TestRootfs {
    private static final List<String> ENDINGS = List.of(".tar.gz", ".tar.zst", ".tar.xz", ".tar.bz2", ".tar");

    private TestRootfs() {}

    /**
     * The archive of that name. A test that asks for what isn't there is skipped, or fails with LXJ_MUST_WORK=1.
     *
     * @param name a file name ({@code debian-12.tar.xz}), a name without its ending ({@code debian-12}), or for an
     *     archive that is named after version and architecture its first word ({@code alpine}, {@code busybox}), which
     *     means the one for this machine
     */
    public static Path find(String name) {
        return lookup(name)
                .orElseThrow(() -> MustWork.missing("no root filesystem " + name + " in any of " + folders()));
    }

    /** As {@link #find}, for callers that can do without. */
    public static Optional<Path> lookup(String name) {
        return folders().stream()
                .flatMap(folder -> candidates(folder, name))
                .filter(Files::isRegularFile)
                .findFirst();
    }

    /** Where root filesystems are looked for. */
    public static List<Path> folders() {
        List<Path> folders = new ArrayList<>();
        String listed = System.getenv("LXJ_TEST_ROOTFS");
        if (listed != null) {
            Arrays.stream(listed.split(File.pathSeparator))
                    .filter(folder -> !folder.isEmpty())
                    .map(Path::of)
                    .forEach(folders::add);
        }
        String cache = System.getenv("XDG_CACHE_HOME");
        Path cacheFolder =
                cache == null || cache.isEmpty() ? Path.of(System.getProperty("user.home"), ".cache") : Path.of(cache);
        folders.add(cacheFolder.resolve("lxj/rootfs"));
        checkout().map(checkout -> checkout.resolveSibling("shared/rootfs")).ifPresent(folders::add);
        return folders;
    }

    /** The root folder of the sources, if the tests run within it. */
    public static Optional<Path> checkout() {
        Path start = Path.of(System.getProperty("basedir", "")).toAbsolutePath().normalize();
        return Stream.iterate(start, folder -> folder != null, Path::getParent)
                .filter(folder -> Files.isDirectory(folder.resolve("lxj-native")))
                .findFirst();
    }

    private static Stream<Path> candidates(Path folder, String name) {
        Stream<Path> exact =
                Stream.concat(Stream.of(""), ENDINGS.stream()).map(ending -> folder.resolve(name + ending));
        return Stream.concat(exact, forThisMachine(folder, name));
    }

    private static Stream<Path> forThisMachine(Path folder, String name) {
        String machine = System.getProperty("os.arch").equals("amd64") ? "x86_64" : System.getProperty("os.arch");
        String[] files = Optional.ofNullable(folder.toFile().list()).orElseGet(() -> new String[0]);
        return Arrays.stream(files)
                .filter(file -> file.startsWith(name + "-"))
                .filter(file -> ENDINGS.stream().anyMatch(ending -> file.endsWith(machine + ending)))
                .sorted()
                .map(folder::resolve);
    }
}

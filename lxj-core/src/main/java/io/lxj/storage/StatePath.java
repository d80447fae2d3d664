package io.lxj.storage;

import io.lxj.error.Failure;
import io.lxj.error.LxjException;
import io.lxj.linux.Kernel;
import io.lxj.linux.Syscall;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** Where the state folder is, unless the caller says so. */
public final class StatePath {
    private static final Path OF_ROOT = Path.of("/var/lib/lxj");

    private StatePath() {}

    /**
     * The usual state folder of the user of this process.
     *
     * @return {@code /var/lib/lxj} for root, else {@code lxj} in the user's folder for data
     * @throws LxjException if the user has neither that nor a home folder
     */
    public static Path usual() {
        return usual((int) Kernel.call(Syscall.GETEUID), System.getenv(), System.getProperty("user.home"));
    }

    /**
     * Where it is written down which container has which ids, for all state folders of the user of this process.
     *
     * @return {@code /var/lib/lxj-ids} for root, else {@code .local/share/lxj-ids} in the home folder
     * @throws LxjException if the user has no home folder
     */
    public static Path ids() {
        return ids((int) Kernel.call(Syscall.GETEUID), System.getenv(), System.getProperty("user.home"));
    }

    /** The same, if the user has a home folder. */
    static Optional<Path> findIds() {
        return findHome(System.getenv(), System.getProperty("user.home")).map(home -> ids());
    }

    /**
     * The usual state folder of a user.
     *
     * @param effectiveUid who runs this process
     * @param environment the environment variables; XDG_DATA_HOME counts if it is absolute, as the XDG Base Directory
     *     Specification demands
     * @param home the home folder that the user has by passwd(5); HOME counts where that has none
     */
    static Path usual(int effectiveUid, Map<String, String> environment, String home) {
        if (effectiveUid == 0) {
            return OF_ROOT;
        }
        Optional<Path> data = absolute(environment.get("XDG_DATA_HOME"));
        return data.orElseGet(() -> home(effectiveUid, environment, home).resolve(".local/share"))
                .resolve("lxj");
    }

    /** The same whatever the environment of whoever asks, but for a user who has no home folder without it. */
    static Path ids(int effectiveUid, Map<String, String> environment, String home) {
        Path folder = effectiveUid == 0
                ? OF_ROOT
                : home(effectiveUid, environment, home).resolve(".local/share/lxj");
        return folder.resolveSibling("lxj-ids");
    }

    private static Path home(int user, Map<String, String> environment, String home) {
        return findHome(environment, home)
                .orElseThrow(() -> new LxjException(Failure.of(
                                "find the folder for containers", "user " + user + " has no home folder in /etc/passwd")
                        .hint("set the environment variable HOME to a folder that is the user's")));
    }

    private static Optional<Path> findHome(Map<String, String> environment, String home) {
        return absolute(home).or(() -> absolute(environment.get("HOME")));
    }

    private static Optional<Path> absolute(String path) {
        return Optional.ofNullable(path).filter(text -> text.startsWith("/")).map(Path::of);
    }
}

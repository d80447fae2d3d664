package io.lxj.storage;

import java.nio.file.Path;
import java.util.Map;

/** Where the state folder is, unless the caller says so. */
public final class StatePath {
    private static final String IDS = "lxj-ids";
    private static final Path OF_ROOT = Path.of("/var/lib/lxj");
    private static final String XDG_DATA_HOME = "XDG_DATA_HOME";

    private StatePath() {}

    /**
     * The usual state folder of a user.
     *
     * @param effectiveUid who runs this process
     * @param environment the environment variables; XDG_DATA_HOME counts if it is absolute, as the XDG Base Directory
     *     Specification demands
     * @param home the home folder of the user
     * @return {@code /var/lib/lxj} for root, else {@code lxj} in the user's folder for data
     */
    public static Path usual(int effectiveUid, Map<String, String> environment, Path home) {
        if (effectiveUid == 0) {
            return OF_ROOT;
        }
        String data = environment.getOrDefault(XDG_DATA_HOME, "");
        return (data.startsWith("/") ? Path.of(data) : home.resolve(".local/share")).resolve("lxj");
    }

    /**
     * Where it is written down which container has which ids, for all state folders of a user, whatever the environment of
     * whoever opens them.
     *
     * @param effectiveUid who runs this process
     * @param home the home folder of the user
     * @return {@code /var/lib/lxj-ids} for root, else {@code .local/share/lxj-ids} in the home folder
     */
    public static Path ids(int effectiveUid, Path home) {
        return usual(effectiveUid, Map.of(), home).resolveSibling(IDS);
    }
}

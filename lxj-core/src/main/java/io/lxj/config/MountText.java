package io.lxj.config;

import java.util.StringJoiner;

/** How mounts are shown to people. */
final class MountText {
    private MountText() {}

    /** What all mounts have in common and differs from the default; more can be added. */
    static StringJoiner options(Mount mount) {
        StringJoiner options = new StringJoiner(", ", " (", ")").setEmptyValue("");
        mount.flags().forEach(flag -> options.add(Enums.text(flag)));
        if (mount.propagation() != Propagation.PRIVATE) {
            options.add(Enums.text(mount.propagation()));
        }
        return options;
    }
}

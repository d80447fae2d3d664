package io.lxj;

import io.lxj.config.Config;
import io.lxj.config.Storage;
import java.nio.file.Path;

/** Runs containers inside a container, out of a state folder that it is told. */
final class NestedFolderJvm {
    private static final Config CONFIG = Config.ofImage("busybox");

    private NestedFolderJvm() {}

    /** The arguments: a root filesystem, and the state folder. */
    public static void main(String[] arguments) {
        try (Lxj lxj = Lxj.open(Path.of(arguments[1]))) {
            lxj.images().importTarball("busybox", Path.of(arguments[0]));
            NestedJvm.say(lxj, "default", CONFIG);
            NestedJvm.say(lxj, "copied", CONFIG.storage(Storage.COPY));
            NestedJvm.say(lxj, "privileged", CONFIG.privileged());
        }
    }
}

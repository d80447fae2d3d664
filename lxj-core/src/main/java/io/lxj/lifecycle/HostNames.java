package io.lxj.lifecycle;

import io.lxj.config.ByteSize;
import io.lxj.config.Config;
import io.lxj.config.Names;
import io.lxj.failure.Failures;
import io.lxj.image.NewFile;
import io.lxj.image.TreeFiles;
import io.lxj.linux.Errno;
import io.lxj.linux.LinuxException;
import io.lxj.storage.FirstBoot;
import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;

/** The host names of containers, and the files in /etc that say them: systemd takes the name from there. */
final class HostNames {
    private static final ByteSize LONGEST = ByteSize.kib(4);

    /** Of what isn't a file any more as it was written once. */
    private static final Set<Errno> CHANGED =
            Set.of(Errno.ENOENT, Errno.ENOTDIR, Errno.ELOOP, Errno.EINVAL, Errno.EFBIG);

    private HostNames() {}

    /** The configured name, or what a container's own makes. */
    static String of(Config config, String container) {
        return config.hostname().orElse(Names.hostnameOf(container));
    }

    /** Changes the name in the files of a container that still are as they were written for the one before. */
    static void change(Instance instance, String before, String after) {
        if (before.equals(after)) {
            return;
        }
        Map<String, byte[]> old = FirstBoot.nameFiles(before);
        try (OpenRoot root = instance.openRoot(true)) {
            TreeFiles files = new TreeFiles(root.root(), root.owners());
            for (Map.Entry<String, byte[]> file : FirstBoot.nameFiles(after).entrySet()) {
                String path = "/etc/" + file.getKey();
                if (holds(files, path, old.get(file.getKey()))) {
                    root.asRoot(() -> replace(files, path, file.getValue()));
                }
            }
        } catch (IOException e) {
            throw Failures.exception("give " + instance.name() + " the host name " + after, e);
        }
    }

    private static boolean holds(TreeFiles files, String path, byte[] content) throws LinuxException {
        try {
            return Arrays.equals(files.read(path, LONGEST), content);
        } catch (LinuxException e) {
            if (CHANGED.stream().anyMatch(e::is)) {
                return false;
            }
            throw e;
        }
    }

    private static boolean replace(TreeFiles files, String path, byte[] content) throws LinuxException {
        try (NewFile file = files.create(path)) {
            file.write(content).commit();
            return true;
        }
    }
}

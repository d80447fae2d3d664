package io.lxj.fuzz;

import io.lxj.linux.MountInfo;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** /proc/PID/mountinfo, in which a container's mounts and the names of its folders are. */
public final class MountInfoFuzz {
    private MountInfoFuzz() {}

    static List<byte[]> seeds() {
        return List.of(
                "36 35 98:0 /mnt1 /mnt\\0402 rw,noatime master:1 - ext3 /dev/root rw,errors=continue\n"
                        .getBytes(StandardCharsets.US_ASCII),
                "22 1 0:21 / /proc ro shared:5 master:3 propagate_from:2 - proc  rw\n1 1 0:1 / / rw - tmpfs none rw\n"
                        .getBytes(StandardCharsets.US_ASCII));
    }

    public static void fuzzerTestOneInput(byte[] input) {
        try {
            for (MountInfo mount : MountInfo.parse(input)) {
                if (mount.root().length() + mount.mountPoint().length() > input.length) {
                    throw new AssertionError("more than there was: " + mount);
                }
            }
        } catch (IllegalArgumentException e) {
            // As documented.
        }
    }
}

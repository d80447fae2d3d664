package io.lxj.image;

import io.lxj.linux.Fd;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * As whom this process writes files, from /proc/thread-self/status, see proc_pid_status(5).
 *
 * @param uid the owner that a new file gets
 * @param gid the group that a new file gets
 * @param umask the permissions that a new file doesn't get
 * @param canChangeOwner whether files can be given to others
 * @param ignoresPermissions whether the permissions of files and directories don't hold for this process
 */
record Credentials(int uid, int gid, int umask, boolean canChangeOwner, boolean ignoresPermissions) {
    // linux/capability.h
    private static final int CAP_CHOWN = 0;
    private static final int CAP_DAC_OVERRIDE = 1;
    private static final int OF_FILES = 4;

    /** Of whoever makes and changes the files at a place. */
    static Credentials of(Fd place) throws IOException {
        Credentials own = current();
        return place.deputy()
                .map(deputy -> new Credentials(0, 0, own.umask(), deputy.hasSeveralIds(), true))
                .orElse(own);
    }

    private static Credentials current() throws IOException {
        List<String> status = Files.readAllLines(Path.of("/proc/thread-self/status"));
        BigInteger capabilities = new BigInteger(field(status, "CapEff:", 1), 16);
        return new Credentials(
                Integer.parseUnsignedInt(field(status, "Uid:", OF_FILES)),
                Integer.parseUnsignedInt(field(status, "Gid:", OF_FILES)),
                Integer.parseInt(field(status, "Umask:", 1), 8),
                capabilities.testBit(CAP_CHOWN),
                capabilities.testBit(CAP_DAC_OVERRIDE));
    }

    private static String field(List<String> status, String name, int index) throws IOException {
        for (String line : status) {
            if (line.startsWith(name)) {
                return line.split("\\s+")[index];
            }
        }
        throw new IOException("/proc/thread-self/status has no field " + name);
    }
}

package io.lxj.storage;

import io.lxj.error.LxjException;
import io.lxj.linux.Errno;
import io.lxj.linux.LinuxException;
import io.lxj.linux.Reflinks;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Whether copies in the usual state folder share their content with what they are copies of.
 *
 * @param available whether they do
 * @param detail where that was tried, and what came of it
 * @param advice what to do about it
 */
public record ReflinkCheck(boolean available, String detail, String advice) {
    /**
     * Tries it in the state folder, or as near to where that will be as a file can be made.
     *
     * @return what was found; nothing stays
     */
    public static ReflinkCheck run() {
        Path folder;
        try {
            folder = StatePath.usual();
        } catch (LxjException e) {
            return new ReflinkCheck(false, "no home folder", e.hint().orElse(""));
        }
        while (!Files.isDirectory(folder)) {
            folder = folder.getParent();
        }
        try {
            Reflinks.attempt(folder);
            return new ReflinkCheck(true, folder.toString(), "");
        } catch (LinuxException e) {
            String errno = e.errno().map(Errno::name).orElse("unknown error");
            return new ReflinkCheck(
                    false, folder + ": " + errno, "have the state folder on btrfs or xfs, if you use full copies");
        }
    }
}

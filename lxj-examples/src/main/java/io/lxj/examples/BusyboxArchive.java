package io.lxj.examples;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;

/** The smallest system: the host's static busybox with its applets, and an inittab. */
public final class BusyboxArchive {
    private static final Path BUSYBOX = Path.of("/bin/busybox");
    private static final List<String> FOLDERS = List.of(
            "bin/", "sbin/", "etc/", "dev/", "proc/", "sys/", "run/", "tmp/", "root/", "usr/", "usr/bin/", "var/");
    private static final Map<String, String> FILES = Map.of(
            "etc/passwd", "root:x:0:0:root:/root:/bin/sh\n",
            "etc/group", "root:x:0:\n",
            "etc/inittab", "::sysinit:/bin/true\n::ctrlaltdel:/bin/reboot\n");

    private BusyboxArchive() {}

    /**
     * Writes the archive.
     *
     * @param archive where to
     * @return the same path
     */
    public static Path write(Path archive) {
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(Files.newOutputStream(archive))) {
            for (String folder : FOLDERS) {
                add(tar, folder, 0755, new byte[0]);
            }
            add(tar, "bin/busybox", 0755, Files.readAllBytes(BUSYBOX));
            for (String applet : applets()) {
                link(tar, applet.equals("init") ? "sbin/init" : "bin/" + applet);
            }
            for (Map.Entry<String, String> file : FILES.entrySet()) {
                add(tar, file.getKey(), 0644, file.getValue().getBytes(java.nio.charset.StandardCharsets.UTF_8));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("write " + archive, e);
        }
        return archive;
    }

    private static List<String> applets() throws IOException {
        Process list = new ProcessBuilder(BUSYBOX.toString(), "--list").start();
        return list.inputReader()
                .lines()
                .filter(name -> !name.equals("busybox"))
                .toList();
    }

    private static void add(TarArchiveOutputStream tar, String name, int mode, byte[] content) throws IOException {
        TarArchiveEntry entry = new TarArchiveEntry(name);
        entry.setMode(mode);
        entry.setSize(content.length);
        tar.putArchiveEntry(entry);
        tar.write(content);
        tar.closeArchiveEntry();
    }

    private static void link(TarArchiveOutputStream tar, String name) throws IOException {
        TarArchiveEntry entry = new TarArchiveEntry(name, TarConstants.LF_SYMLINK);
        entry.setLinkName("/bin/busybox");
        tar.putArchiveEntry(entry);
        tar.closeArchiveEntry();
    }
}

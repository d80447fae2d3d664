package io.lxj.storage;

import io.lxj.linux.Directory;
import io.lxj.linux.Fd;
import io.lxj.linux.FileName;
import io.lxj.linux.LinuxException;
import io.lxj.linux.Metadata;
import io.lxj.linux.Open;
import io.lxj.linux.RootDir;
import io.lxj.linux.Stat;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What makes a container of an image an individual: its files in /etc, and its machine id for D-Bus. Immutable and
 * thread-safe.
 *
 * <p>The image decides what lies in its folders, and may have anything there. So nothing is written into: a file or
 * symbolic link is replaced by a new file, wherever it leads; a directory is left alone.
 *
 * @param hostname the container's host name
 * @param machineId the container's machine id
 * @param resolvConf the content of resolv.conf, or empty to leave the image's as it is
 */
public record FirstBoot(String hostname, MachineId machineId, Optional<byte[]> resolvConf) {
    private static final String RESOLV_CONF = "resolv.conf";
    private static final Path ETC = Path.of("/etc");
    private static final String MACHINE_ID = "machine-id";
    private static final Path RUN = Path.of("/run");
    private static final int READABLE = 0644;
    /** As systemd-machine-id-setup(1) leaves it. */
    private static final int READ_ONLY = 0444;

    /**
     * Writes the files of a container that was just prepared.
     *
     * @param storage where its root is
     * @param container the folder of the container
     * @param image what it is made of
     * @param written gets the files that have to go to disk
     * @throws LinuxException if that fails
     */
    void write(RootStorage storage, Directory container, ImageTree image, DurableFiles written) throws LinuxException {
        try (FirstBootFolder etc =
                storage.openFolder(container, image, ETC.toString()).orElse(null)) {
            if (etc != null) {
                write(etc, written);
            }
        }
        // Mostly a link to that in /etc, or not there: then nothing is made on the way to it.
        if (isFile(image, MachineId.DBUS_FILE)) {
            try (FirstBootFolder dbus =
                    storage.openFolder(container, image, MachineId.DBUS_FOLDER).orElseThrow()) {
                putMachineId(dbus, dbus.seen().fd().stat(), written);
            }
        }
    }

    private static boolean isFile(ImageTree image, String path) throws LinuxException {
        try (RootDir root = image.root();
                Fd file = root.find(FileName.bytes(path), Open.O_PATH | Open.O_NOFOLLOW)
                        .orElse(null)) {
            return file != null && file.stat().isRegular();
        }
    }

    /**
     * Writes the files in /etc. Nothing else has access to the folder yet.
     *
     * @param etc where
     * @param written gets the files that have to go to disk
     * @throws LinuxException if that fails
     */
    void write(FirstBootFolder etc, DurableFiles written) throws LinuxException {
        Stat owner = etc.seen().fd().stat();
        for (Map.Entry<String, byte[]> file : nameFiles(hostname).entrySet()) {
            put(etc, owner, written, file.getKey(), READABLE, file.getValue());
        }
        putMachineId(etc, owner, written);
        if (resolvConf.isPresent() && !isMadeAtBoot(etc.seen())) {
            put(etc, owner, written, RESOLV_CONF, READABLE, resolvConf.get());
        }
    }

    private void putMachineId(FirstBootFolder folder, Stat owner, DurableFiles written) throws LinuxException {
        put(folder, owner, written, MACHINE_ID, READ_ONLY, text(machineId + "\n"));
    }

    /**
     * The files that say the host name.
     *
     * @param hostname the host name
     * @return their content, by their names in /etc
     */
    public static Map<String, byte[]> nameFiles(String hostname) {
        Map<String, byte[]> files = new LinkedHashMap<>();
        files.put("hostname", text(hostname + "\n"));
        files.put("hosts", text(hosts(hostname)));
        return files;
    }

    /** As Debian has it: the container's own name on an address that isn't localhost's, see hosts(5). */
    private static String hosts(String hostname) {
        int dot = hostname.indexOf('.');
        String names = dot < 0 ? hostname : hostname + " " + hostname.substring(0, dot);
        return "127.0.0.1\tlocalhost\n"
                + "127.0.1.1\t" + names + "\n"
                + "\n"
                + "::1\tlocalhost ip6-localhost ip6-loopback\n"
                + "ff02::1\tip6-allnodes\n"
                + "ff02::2\tip6-allrouters\n";
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** Whether resolv.conf is a link to where a service of the container, such as systemd-resolved, will write it. */
    private static boolean isMadeAtBoot(Directory etc) throws LinuxException {
        byte[] name = FileName.bytes(RESOLV_CONF);
        if (!type(etc, name).map(type -> type == Stat.S_IFLNK).orElse(false)) {
            return false;
        }
        // Only compared, never followed. What isn't ASCII isn't below /run.
        String target = new String(etc.readLink(name), StandardCharsets.ISO_8859_1);
        return ETC.resolve(target.replaceAll("[^!-~]", "?")).normalize().startsWith(RUN);
    }

    private static void put(
            FirstBootFolder folder, Stat owner, DurableFiles written, String name, int mode, byte[] content)
            throws LinuxException {
        byte[] bytes = FileName.bytes(name);
        Optional<Integer> there = type(folder.seen(), bytes);
        if (there.isPresent()) {
            if (there.get() == Stat.S_IFDIR) {
                return;
            }
            folder.written().unlinkIfThere(bytes);
        }
        Fd file = folder.written().open(bytes, Open.O_WRONLY | Open.O_CREAT | Open.O_EXCL, mode);
        written.add(file);
        file.write(content);
        Stat own = file.stat();
        if (owner.uid() != own.uid() || owner.gid() != own.gid()) {
            Metadata.chown(file, owner.uid(), owner.gid());
        }
        // The umask may have taken bits away, or a default ACL of the folder.
        if (own.permissions() != mode) {
            Metadata.chmod(file, mode);
        }
    }

    private static Optional<Integer> type(Directory folder, byte[] name) throws LinuxException {
        return folder.findStat(name).map(Stat::type);
    }
}

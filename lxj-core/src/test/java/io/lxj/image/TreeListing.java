package io.lxj.image;

import io.lxj.linux.Directory;
import io.lxj.linux.DirectoryEntry;
import io.lxj.linux.Fd;
import io.lxj.linux.FileName;
import io.lxj.linux.Open;
import io.lxj.linux.Stat;
import io.lxj.linux.Xattrs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** All that there is to know of the files of a tree, as text by path, so that two trees can be compared. */
public final class TreeListing {
    private final SortedMap<String, String> lines = new TreeMap<>();
    private final Map<Long, String> firstNames = new HashMap<>();

    private TreeListing() {}

    public static SortedMap<String, String> of(Path root) throws IOException {
        TreeListing listing = new TreeListing();
        try (Directory above = new Directory(Fd.open(root.getParent(), Open.O_RDONLY | Open.O_DIRECTORY, 0))) {
            listing.add(above, FileName.bytes(root.getFileName().toString()), ".");
        }
        return listing.lines;
    }

    private void add(Directory in, byte[] name, String path) throws IOException {
        Stat stat = in.stat(name);
        StringBuilder line = new StringBuilder();
        line.append(String.format(
                "mode %o owner %d:%d mtime %d.%09d links %d",
                stat.mode(),
                stat.uid(),
                stat.gid(),
                stat.modifiedSeconds(),
                stat.modifiedNanos(),
                stat.isDirectory() ? 0 : stat.links()));
        if (stat.links() > 1 && !stat.isDirectory()) {
            line.append(" same as ").append(firstNames.computeIfAbsent(stat.inode(), inode -> path));
        }
        line.append(" device ").append(stat.deviceMajor()).append(':').append(stat.deviceMinor());
        Xattrs.all(in, name).forEach((key, value) -> line.append(' ')
                .append(key)
                .append('=')
                .append(HexFormat.of().formatHex(value)));
        if (stat.isSymlink()) {
            line.append(" to ").append(FileName.quote(in.readLink(name)));
        }
        if (stat.isRegular()) {
            boolean sparse = stat.blocks() * 512 < stat.size();
            line.append(" size ").append(stat.size()).append(sparse ? " blocks " + stat.blocks() : "");
            line.append(" content ").append(digest(in, name));
        }
        lines.put(path, line.toString());
        if (stat.isDirectory()) {
            try (Directory directory = in.openDirectory(name)) {
                for (DirectoryEntry entry : directory.list()) {
                    add(directory, entry.name(), path + "/" + FileName.string(entry.name()));
                }
            }
        }
    }

    private static String digest(Directory in, byte[] name) throws IOException {
        try (Fd file = in.open(name, Open.O_RDONLY, 0)) {
            MessageDigest digest = ArchiveInput.sha256();
            byte[] buffer = new byte[1 << 16];
            try (var stream = Files.newInputStream(Path.of("/proc/self/fd/" + file.number()))) {
                int n;
                while ((n = stream.read(buffer)) > 0) {
                    digest.update(buffer, 0, n);
                }
            }
            return HexFormat.of().formatHex(digest.digest());
        }
    }
}

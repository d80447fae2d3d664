package io.lxj.linux;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Gives copies the owner, permissions, attributes and times of their originals, with no more system calls than the
 * defaults of a new file make necessary. Thread-safe.
 */
final class CopiedMetadata {
    private static final String ACCESS_ACL = "system.posix_acl_access";
    private static final String DEFAULT_ACL = "system.posix_acl_default";
    private static final int UNKNOWN_UMASK = 0777;

    private final Predicate<String> attributes;
    private final TreeCopy.Owners owners;
    private final int uid;
    private final int gid;
    private final boolean ownerKnown;
    private final int umask;

    private CopiedMetadata(
            Predicate<String> attributes, TreeCopy.Owners owners, int uid, int gid, boolean ownerKnown, int umask) {
        this.attributes = attributes;
        this.owners = owners;
        this.uid = uid;
        this.gid = gid;
        this.ownerKnown = ownerKnown;
        this.umask = umask;
    }

    /** Looks at what a new directory has got, and takes away what it would hand on to the files made in it. */
    static CopiedMetadata prepare(Directory top, Predicate<String> attributes, TreeCopy.Owners owners)
            throws LinuxException {
        Fd fd = top.fd();
        for (String attribute : Xattrs.all(fd).keySet()) {
            if (attribute.equals(ACCESS_ACL) || attribute.equals(DEFAULT_ACL)) {
                Xattrs.remove(fd, attribute);
            }
        }
        Stat stat = fd.stat();
        if (stat.permissions() != 0700) {
            // A directory above with the setgid bit.
            Metadata.chmod(fd, 0700);
        }
        int uid = (int) Kernel.call(Syscall.GETEUID);
        int gid = (int) Kernel.call(Syscall.GETEGID);
        // Some file systems can give new files the group of their directory; then this one shows it.
        boolean ownerKnown = stat.uid() == uid && stat.gid() == gid;
        return new CopiedMetadata(attributes, owners, uid, gid, ownerKnown, umask());
    }

    // Reading it with umask(2) would change it for a moment, for all threads of the JVM.
    private static int umask() throws LinuxException {
        try (Fd status = Fd.open(FileName.bytes("/proc/self/status"), Open.O_RDONLY, 0)) {
            return new String(status.readAll(1 << 20), StandardCharsets.ISO_8859_1)
                    .lines()
                    .filter(line -> line.startsWith("Umask:"))
                    .map(line -> Integer.parseInt(line.substring(6).strip(), 8))
                    .findFirst()
                    .orElse(UNKNOWN_UMASK);
        } catch (LinuxException e) {
            // Without /proc every mode is set explicitly.
            return UNKNOWN_UMASK;
        }
    }

    /** The mode to create a file with: only its owner may set attributes of it, and only if the mode lets them write. */
    int initialMode(Stat stat) {
        return uid == 0 ? stat.permissions() & 0777 : 0600;
    }

    private boolean hasOwner(Stat stat) {
        return ownerKnown && owners.user(stat.uid()) == uid && owners.group(stat.gid()) == gid;
    }

    private byte[] value(Map.Entry<String, byte[]> attribute) {
        return owners.attribute(attribute.getKey(), attribute.getValue());
    }

    /** Does all that for an open copy of an open file or directory. */
    void copy(Fd from, Stat stat, Fd to, boolean directory) throws LinuxException {
        boolean changed = directory || !hasOwner(stat);
        if (!hasOwner(stat)) {
            Metadata.chown(to, owners.user(stat.uid()), owners.group(stat.gid()));
        }
        for (Map.Entry<String, byte[]> attribute : Xattrs.all(from).entrySet()) {
            if (attributes.test(attribute.getKey())) {
                Xattrs.set(to, attribute.getKey(), value(attribute));
                changed = true;
            }
        }
        // After the owner, whose change takes setuid bits away, and after an ACL, which changes the mode.
        if (changed || (stat.permissions() & (umask | 07000)) != 0 || uid != 0) {
            Metadata.chmod(to, stat.permissions());
        }
        Metadata.setTimes(to, stat.times());
    }

    /** Does all that for the copy of a symbolic link, a FIFO, a socket or a device. */
    void copy(Directory from, byte[] name, Stat stat, Directory to) throws LinuxException {
        if (!hasOwner(stat)) {
            Metadata.chown(to, name, owners.user(stat.uid()), owners.group(stat.gid()));
        }
        for (Map.Entry<String, byte[]> attribute : Xattrs.all(from, name).entrySet()) {
            if (attributes.test(attribute.getKey())) {
                Xattrs.set(to, name, attribute.getKey(), value(attribute));
            }
        }
        if (!stat.isSymlink()) {
            Metadata.chmod(to, name, stat.permissions());
        }
        Metadata.setTimes(to, name, stat.times());
    }
}

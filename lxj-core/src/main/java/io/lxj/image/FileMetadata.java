package io.lxj.image;

import io.lxj.linux.Directory;
import io.lxj.linux.Errno;
import io.lxj.linux.Fd;
import io.lxj.linux.FileTimes;
import io.lxj.linux.LinuxException;
import io.lxj.linux.Metadata;
import io.lxj.linux.Xattrs;
import java.util.ArrayList;
import java.util.List;

/**
 * Gives files their owner, permissions, attributes and times. The order matters: chown(2) clears set-user-ID bits and
 * file capabilities, so it comes first; an access control list changes the permissions of the group, so one that was
 * inherited is taken off before chmod(2) and the file's own comes after it; the time comes last.
 *
 * <p>An ordinary user can give no file away and set no attribute of the kernel's: such files belong to the user, and a
 * warning tells of it.
 */
final class FileMetadata {
    private static final int PERMISSIONS = 0777;
    private static final String ACL_PREFIX = "system.posix_acl_";

    private final Credentials credentials;
    private final ImportWarnings warnings;
    private final LateAcls lateAcls;

    FileMetadata(Credentials credentials, ImportWarnings warnings, LateAcls lateAcls) {
        this.credentials = credentials;
        this.warnings = warnings;
        this.lateAcls = lateAcls;
    }

    /**
     * The permissions to make a file with. They are already the final ones where that is possible, which saves a call.
     *
     * @param entry the entry
     * @param parent where it goes
     */
    int createMode(TarEntry entry, OpenDirectory parent) {
        boolean exact = entry.mode() == (entry.mode() & PERMISSIONS & ~credentials.umask());
        // An attribute in the namespace "user" takes write permission, see xattr(7).
        boolean writable =
                credentials.ignoresPermissions() || entry.attributes().isEmpty();
        return exact && writable ? entry.mode() : 0600;
    }

    private boolean mustChangeMode(TarEntry entry, OpenDirectory parent) {
        return parent.givesAcls() || createMode(entry, parent) != entry.mode();
    }

    private boolean mustChangeOwner(TarEntry entry, OpenDirectory parent) {
        boolean mine = entry.uid() == credentials.uid()
                && entry.gid() == credentials.gid()
                && parent.gid() == credentials.gid();
        return !mine && givesOwner(entry);
    }

    /** Whether a file can be given to its owner; there is a warning if it can't. */
    boolean givesOwner(TarEntry entry) {
        boolean own = entry.uid() == credentials.uid() && entry.gid() == credentials.gid();
        if (!own && !credentials.canChangeOwner()) {
            warnings.add("the owner could not be kept, which only root may set", entry.name());
        }
        return credentials.canChangeOwner();
    }

    /** Completes a regular file that was made with {@link #createMode}. */
    void apply(Fd file, TarEntry entry, OpenDirectory parent) throws LinuxException {
        boolean chown = mustChangeOwner(entry, parent);
        if (chown) {
            Metadata.chown(file, entry.uid(), entry.gid());
        }
        setAttributes(entry, (attribute, value) -> Xattrs.set(file, attribute, value));
        if (parent.givesAcls()) {
            Xattrs.clear(file, PosixAcl.ACCESS);
        }
        if (mustChangeMode(entry, parent)) {
            Metadata.chmod(file, entry.mode());
        }
        setAcls(entry, PosixAcl.ACCESS, (attribute, value) -> Xattrs.set(file, attribute, value));
        Metadata.setTimes(file, FileTimes.at(entry.mtimeSeconds(), entry.mtimeNanos()));
    }

    /** Completes a regular file that has its owner and its permissions. */
    void finish(Fd file, TarEntry entry) throws LinuxException {
        setAttributes(entry, (attribute, value) -> Xattrs.set(file, attribute, value));
        setAcls(entry, PosixAcl.ACCESS, (attribute, value) -> Xattrs.set(file, attribute, value));
        Metadata.setTimes(file, FileTimes.at(entry.mtimeSeconds(), entry.mtimeNanos()));
    }

    /** Begins with a directory that was there before. What it has of access control lists is the archive's then. */
    void applyExisting(OpenDirectory directory, TarEntry entry) throws LinuxException {
        directory.clearAcls(!hasAcl(entry, PosixAcl.ACCESS), !hasAcl(entry, PosixAcl.DEFAULT));
        apply(directory, entry, -1);
    }

    private static boolean hasAcl(TarEntry entry, String attribute) {
        return entry.acls().containsKey(attribute)
                || entry.attributes().stream().anyMatch(a -> a.name().equals(attribute));
    }

    /** Begins with a directory, and leaves to its end what would get in the way of writing into it. */
    void apply(OpenDirectory directory, TarEntry entry, int madeWith) throws LinuxException {
        Fd fd = directory.fd();
        if (credentials.canChangeOwner()
                && (entry.uid() != credentials.uid() || entry.gid() != directory.gid() || madeWith < 0)) {
            Metadata.chown(fd, entry.uid(), entry.gid());
            directory.setGid(entry.gid());
        }
        setAttributes(entry, (attribute, value) -> Xattrs.set(fd, attribute, value));
        setAcls(entry, PosixAcl.ACCESS, (attribute, value) -> Xattrs.set(fd, attribute, value));
        setAcls(
                entry,
                PosixAcl.DEFAULT,
                (name, acl) -> directory.setDefaultAcl(
                        left -> set(entry, name, acl, (attribute, value) -> Xattrs.set(left, attribute, value))));
        if (madeWith != entry.mode()) {
            directory.setMode(entry.mode());
        }
        directory.setTimes(FileTimes.at(entry.mtimeSeconds(), entry.mtimeNanos()));
    }

    /** Completes what can't be opened: links, devices, FIFOs. */
    void apply(TarEntry entry, byte[] name, OpenDirectory parent) throws LinuxException {
        Directory directory = parent.directory();
        if (mustChangeOwner(entry, parent)) {
            Metadata.chown(directory, name, entry.uid(), entry.gid());
        }
        boolean isLink = entry.type() == TarEntry.Type.SYMBOLIC_LINK;
        setAttributes(entry, (attribute, value) -> Xattrs.set(directory, name, attribute, value));
        if (!isLink) {
            if (parent.givesAcls()) {
                Xattrs.clear(directory, name, PosixAcl.ACCESS);
            }
            if (mustChangeMode(entry, parent)) {
                Metadata.chmod(directory, name, entry.mode());
            }
            setAcls(entry, PosixAcl.ACCESS, (attribute, value) -> Xattrs.set(directory, name, attribute, value));
        }
        Metadata.setTimes(directory, name, FileTimes.at(entry.mtimeSeconds(), entry.mtimeNanos()));
    }

    private interface Setter {
        void set(String attribute, byte[] value) throws LinuxException;
    }

    private void setAttributes(TarEntry entry, Setter setter) throws LinuxException {
        for (TarEntry.Attribute attribute : entry.attributes()) {
            if (attribute.name().startsWith("trusted.overlay.")
                    || attribute.name().startsWith("user.overlay.")) {
                // They would steer the overlay file system that containers are made of.
                warnings.add("attributes of overlayfs were left out", entry.name());
            } else if (!attribute.name().startsWith(ACL_PREFIX)) {
                set(entry, attribute.name(), attribute.value(), setter);
            }
        }
    }

    private void setAcls(TarEntry entry, String attribute, Setter setter) throws LinuxException {
        for (TarEntry.Attribute binary : entry.attributes()) {
            if (binary.name().equals(attribute)) {
                set(entry, attribute, binary.value(), setter);
            }
        }
        PosixAcl acl = entry.acls().get(attribute);
        if (acl == null) {
            return;
        }
        if (acl.hasNames()) {
            lateAcls.add(entry, attribute, acl);
        } else {
            set(entry, attribute, acl.encode(PosixAcl.NO_NAMES, new ArrayList<>()), setter);
        }
    }

    private void set(TarEntry entry, String attribute, byte[] value, Setter setter) throws LinuxException {
        try {
            setter.set(attribute, value);
        } catch (LinuxException e) {
            if (!e.is(Errno.EPERM) && !e.is(Errno.EOPNOTSUPP) && !e.is(Errno.EINVAL)) {
                throw e;
            }
            String namespace = attribute.substring(0, Math.max(0, attribute.indexOf('.')));
            warnings.add(
                    "extended attributes of the namespace \"" + known(namespace) + "\" could not be set ("
                            + e.errno().map(Enum::name).orElse("?") + ")",
                    entry.name());
        }
    }

    private static String known(String namespace) {
        return List.of("user", "trusted", "security", "system").contains(namespace) ? namespace : "other";
    }
}

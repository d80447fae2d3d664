package io.lxj.storage;

import io.lxj.linux.Directory;
import io.lxj.linux.Fd;
import io.lxj.linux.FileTimes;
import io.lxj.linux.LinuxException;
import io.lxj.linux.Metadata;
import io.lxj.linux.Stat;
import io.lxj.linux.Xattrs;
import java.util.Map;

/** Gives a directory that is ours the owner, permissions, attributes and time of another one. */
final class Attributes {
    /** The label that a new file gets is for the host's policy to choose. */
    private static final String LABEL = "security.selinux";

    private Attributes() {}

    /** Gives a directory the time of last modification of another one. */
    static void copyTime(Directory from, Directory to) throws LinuxException {
        Stat stat = from.fd().stat();
        Metadata.setTimes(to.fd(), FileTimes.at(stat.modifiedSeconds(), stat.modifiedNanos()));
    }

    /** Copies all that makes the directory look the same from inside. */
    static void copy(Directory from, Directory to) throws LinuxException {
        Stat stat = from.fd().stat();
        Stat own = to.fd().stat();
        Fd fd = to.fd();
        if (stat.uid() != own.uid() || stat.gid() != own.gid()) {
            Metadata.chown(fd, stat.uid(), stat.gid());
        }
        for (Map.Entry<String, byte[]> attribute : Xattrs.all(from.fd()).entrySet()) {
            String name = attribute.getKey();
            // What an overlay keeps for itself would change the meaning of the directory as a layer.
            boolean ofOverlay = name.startsWith("trusted.overlay.") || name.startsWith("user.overlay.");
            if (!ofOverlay && !name.equals(LABEL)) {
                Xattrs.set(fd, name, attribute.getValue());
            }
        }
        // After the owner, whose change takes setuid bits away, and after an access ACL, which changes the mode.
        Metadata.chmod(fd, stat.permissions());
        Metadata.setTimes(fd, FileTimes.at(stat.modifiedSeconds(), stat.modifiedNanos()));
    }
}

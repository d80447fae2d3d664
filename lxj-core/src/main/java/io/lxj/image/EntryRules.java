package io.lxj.image;

import io.lxj.linux.LinuxException;
import java.util.List;
import java.util.Map;

/** What becomes of an entry on its way from one tree to another. */
@FunctionalInterface
interface EntryRules {
    /** The entry as it goes on; null to leave it out. */
    TarEntry apply(TarEntry entry) throws LinuxException;

    /** Puts everything below a folder. */
    static EntryRules below(byte[] folder) {
        return entry -> {
            byte[] link = entry.type() == TarEntry.Type.HARD_LINK ? join(folder, entry.linkName()) : entry.linkName();
            return with(entry, join(folder, entry.name()), link, entry.mode(), entry.attributes());
        };
    }

    /**
     * Leaves out what would give a container power over the host: device nodes, the right to run as another user, and
     * attributes that the kernel trusts.
     */
    static TarEntry harmless(TarEntry entry) {
        if (entry.type() == TarEntry.Type.CHARACTER_DEVICE || entry.type() == TarEntry.Type.BLOCK_DEVICE) {
            return null;
        }
        List<TarEntry.Attribute> attributes = entry.attributes().stream()
                .filter(attribute -> attribute.name().startsWith("user.")
                        || attribute.name().equals(PosixAcl.ACCESS)
                        || attribute.name().equals(PosixAcl.DEFAULT))
                .toList();
        int mode = entry.type() == TarEntry.Type.DIRECTORY ? entry.mode() : entry.mode() & 01777;
        return with(entry, entry.name(), entry.linkName(), mode, attributes);
    }

    /** Gives everything to root. */
    static TarEntry ownedByRoot(TarEntry entry) {
        return owned(entry, 0, 0, entry.attributes(), entry.acls());
    }

    /** Gives it to somebody. */
    static TarEntry owned(
            TarEntry entry, int uid, int gid, List<TarEntry.Attribute> attributes, Map<String, PosixAcl> acls) {
        return new TarEntry(
                entry.type(),
                entry.name(),
                entry.linkName(),
                entry.mode(),
                uid,
                gid,
                entry.size(),
                entry.mtimeSeconds(),
                entry.mtimeNanos(),
                entry.deviceMajor(),
                entry.deviceMinor(),
                attributes,
                acls,
                entry.sparse(),
                entry.stored(),
                entry.offset());
    }

    private static byte[] join(byte[] folder, byte[] name) {
        byte[] joined = new byte[folder.length + 1 + name.length];
        System.arraycopy(folder, 0, joined, 0, folder.length);
        joined[folder.length] = '/';
        System.arraycopy(name, 0, joined, folder.length + 1, name.length);
        return joined;
    }

    private static TarEntry with(
            TarEntry entry, byte[] name, byte[] link, int mode, List<TarEntry.Attribute> attributes) {
        return new TarEntry(
                entry.type(),
                name,
                link,
                mode,
                entry.uid(),
                entry.gid(),
                entry.size(),
                entry.mtimeSeconds(),
                entry.mtimeNanos(),
                entry.deviceMajor(),
                entry.deviceMinor(),
                attributes,
                entry.acls(),
                entry.sparse(),
                entry.stored(),
                entry.offset());
    }
}

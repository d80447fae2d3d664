package io.lxj.image;

import io.lxj.linux.Deputy;
import io.lxj.linux.Fd;
import io.lxj.linux.LinuxException;
import io.lxj.storage.IdPool;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * Owners of what an ordinary user imports. Containers have the ids 0 to 65535; the further ids of a user are, on disk,
 * those of other containers of the same user. So what belongs to one of those in an archive belongs to nobody in the image,
 * as whom a container of root's sees such an owner. Used by one thread.
 */
final class UserOwners implements EntryRules {
    private static final String CHANGED = "owners above " + (IdPool.SIZE - 1)
            + ", of whom no container has one, became nobody (" + OwnerMap.NOBODY + ")";
    private static final String LEFT_OUT =
            "file capabilities for a root above " + (IdPool.SIZE - 1) + ", whom no container has, were left out";
    /** Where struct vfs_ns_cap_data of linux/capability.h names the root whose processes have the capabilities. */
    private static final int ROOT_ID = 20;

    private final boolean needed;
    private final ImportWarnings warnings;
    private boolean changed;

    /** For files at a place; of root's, nothing is changed. */
    UserOwners(Fd place, ImportWarnings warnings) {
        this.needed = place.deputy().filter(Deputy::hasSeveralIds).isPresent();
        this.warnings = warnings;
    }

    @Override
    public TarEntry apply(TarEntry entry) throws LinuxException {
        if (!needed) {
            return entry;
        }
        changed = false;
        TarEntry owned = OwnerMap.owned(withoutForeignCapabilities(entry), this::known, this::known);
        if (changed) {
            warnings.add(CHANGED, entry.name());
        }
        return owned;
    }

    private int known(int id) {
        if (Integer.toUnsignedLong(id) < IdPool.SIZE) {
            return id;
        }
        changed = true;
        return OwnerMap.NOBODY;
    }

    private TarEntry withoutForeignCapabilities(TarEntry entry) {
        List<TarEntry.Attribute> attributes =
                entry.attributes().stream().filter(one -> !isForeign(one)).toList();
        if (attributes.size() == entry.attributes().size()) {
            return entry;
        }
        warnings.add(LEFT_OUT, entry.name());
        return EntryRules.owned(entry, entry.uid(), entry.gid(), attributes, entry.acls());
    }

    private static boolean isForeign(TarEntry.Attribute attribute) {
        byte[] value = attribute.value();
        return attribute.name().equals(OwnerMap.CAPABILITY)
                && value.length == ROOT_ID + Integer.BYTES
                && Integer.toUnsignedLong(ByteBuffer.wrap(value)
                                .order(ByteOrder.LITTLE_ENDIAN)
                                .getInt(ROOT_ID))
                        >= IdPool.SIZE;
    }
}

package io.lxj.image;

import io.lxj.config.IdMap;
import io.lxj.linux.LinuxException;
import io.lxj.linux.TreeCopy;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The owners of files that are copied for a container with other ids: those of the files, of the entries of their access
 * control lists, and of the root whose processes file capabilities are for. Who has no id there becomes the host's
 * nobody, as whom the container sees who has none. Immutable and thread-safe.
 */
public final class ShiftedOwners implements TreeCopy.Owners {
    private static final int NOBODY = 65_534;
    private static final String CAPABILITY = "security.capability";
    // struct vfs_cap_data and vfs_ns_cap_data of linux/capability.h, little-endian; the revision is in the highest
    // byte.
    private static final int VERSION_2 = 20;
    private static final int VERSION_3 = 24;
    private static final int REVISION = 3;

    private final Optional<IdMap> from;
    private final Optional<IdMap> to;

    /**
     * Of copies.
     *
     * @param from the ids of the container that the originals are for, empty if they have the container's own
     * @param to the ids of the container that the copies are for, empty if they are to have the container's own
     */
    public ShiftedOwners(Optional<IdMap> from, Optional<IdMap> to) {
        this.from = from;
        this.to = to;
    }

    @Override
    public int user(int uid) {
        long id = Integer.toUnsignedLong(uid);
        OptionalLong inside = from.isPresent() ? from.get().containerUser(id) : OptionalLong.of(id);
        return inside.isEmpty() || to.isEmpty()
                ? (int) inside.orElse(NOBODY)
                : (int) to.get().hostUser(inside.getAsLong()).orElse(NOBODY);
    }

    @Override
    public int group(int gid) {
        long id = Integer.toUnsignedLong(gid);
        OptionalLong inside = from.isPresent() ? from.get().containerGroup(id) : OptionalLong.of(id);
        return inside.isEmpty() || to.isEmpty()
                ? (int) inside.orElse(NOBODY)
                : (int) to.get().hostGroup(inside.getAsLong()).orElse(NOBODY);
    }

    @Override
    public byte[] attribute(String name, byte[] value) {
        return switch (name) {
            case CAPABILITY -> capability(value);
            case PosixAcl.ACCESS, PosixAcl.DEFAULT -> acl(value);
            default -> value;
        };
    }

    /** Version 2 is for the root of the host, or of the mount; version 3 names the root, see capabilities(7). */
    private byte[] capability(byte[] value) {
        if (value.length != VERSION_2 && value.length != VERSION_3) {
            return value;
        }
        ByteBuffer old = ByteBuffer.wrap(value).order(ByteOrder.LITTLE_ENDIAN);
        int root = user(value.length == VERSION_3 ? old.getInt(VERSION_2) : 0);
        ByteBuffer shifted =
                ByteBuffer.allocate(root == 0 ? VERSION_2 : VERSION_3).order(ByteOrder.LITTLE_ENDIAN);
        shifted.put(value, 0, VERSION_2).put(REVISION, (byte) (root == 0 ? 2 : 3));
        if (root != 0) {
            shifted.putInt(VERSION_2, root);
        }
        return shifted.array();
    }

    private byte[] acl(byte[] value) {
        try {
            Optional<PosixAcl> acl = PosixAcl.decode(value);
            return acl.isEmpty()
                    ? value
                    : acl.get().renumbered(this::user, this::group).encode(PosixAcl.NO_NAMES, new ArrayList<>());
        } catch (LinuxException e) {
            throw new IllegalStateException("every id has one in its place", e);
        }
    }
}

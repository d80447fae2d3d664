package io.lxj.image;

import io.lxj.linux.FileName;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One file of an archive, as all its headers together describe it. Names are bytes, as the archive has them: not yet
 * checked for {@code ..} or slashes in odd places.
 *
 * @param type what it is
 * @param name its path
 * @param linkName the target of a link, else empty
 * @param mode the lower 12 bits of the mode
 * @param uid owner
 * @param gid group
 * @param size of the content in bytes, with the holes of a sparse file
 * @param mtimeSeconds time of last modification in seconds since 1970
 * @param mtimeNanos nanoseconds to add to that
 * @param deviceMajor of a device node
 * @param deviceMinor of a device node
 * @param attributes extended attributes
 * @param acls POSIX access control lists, by the attribute that sets them
 * @param sparse the map of a sparse file
 * @param stored how many bytes of content the archive holds
 * @param offset where the entry begins in the uncompressed archive, for messages
 */
record TarEntry(
        Type type,
        byte[] name,
        byte[] linkName,
        int mode,
        int uid,
        int gid,
        long size,
        long mtimeSeconds,
        int mtimeNanos,
        int deviceMajor,
        int deviceMinor,
        List<Attribute> attributes,
        Map<String, PosixAcl> acls,
        Optional<SparseMap> sparse,
        long stored,
        long offset) {
    /** What an entry can be. */
    enum Type {
        FILE,
        HARD_LINK,
        SYMBOLIC_LINK,
        DIRECTORY,
        CHARACTER_DEVICE,
        BLOCK_DEVICE,
        FIFO
    }

    /** An extended attribute, see xattr(7). */
    record Attribute(String name, byte[] value) {}

    /** A failure of this entry. */
    ArchiveException failure(String problem) {
        return ArchiveException.ofEntry(name, offset, problem);
    }

    /** A failure of this entry that another exception shows. */
    ArchiveException failure(String problem, Throwable cause) {
        return ArchiveException.ofEntry(name, offset, problem, cause);
    }

    @Override
    public String toString() {
        return type + " " + FileName.quote(name);
    }
}

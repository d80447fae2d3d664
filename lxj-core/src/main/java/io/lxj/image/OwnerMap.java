package io.lxj.image;

import io.lxj.config.IdMap;
import io.lxj.config.IdRange;
import io.lxj.linux.Deputy;
import io.lxj.linux.Errno;
import io.lxj.linux.Fd;
import io.lxj.linux.LinuxException;
import io.lxj.storage.IdPool;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * How the owners of files look from here. In a container that runs in a user namespace of its own they have ids of the
 * host; what goes in and out has those of the container. Immutable and thread-safe.
 */
public final class OwnerMap {
    /** Owners are the same inside and outside. */
    public static final OwnerMap SAME = new OwnerMap(Optional.empty(), false);

    private static final OwnerMap OF_USERS = new OwnerMap(Optional.of(IdMap.of(0, IdPool.SIZE)), false);

    /** Of an image that is built by a user who has a single id: as with an import, all of it is root's. */
    private static final OwnerMap OF_ONE = new OwnerMap(Optional.of(IdMap.of(0, 1)), false);

    /** Who owns what belongs to nobody of the container, see "overflowuid" in proc_sys_kernel(5). */
    static final int NOBODY = 65_534;

    /** The attribute that holds the capabilities of a file. */
    static final String CAPABILITY = "security.capability";

    private static final int CAPABILITY_2 = 20;
    private static final int CAPABILITY_3 = 24;

    private final Optional<IdMap> ids;
    private final boolean stored;
    private final String shown;

    private OwnerMap(Optional<IdMap> ids, boolean stored) {
        this(ids, stored, ids.map(IdMap::toString).orElse(""));
    }

    private OwnerMap(Optional<IdMap> ids, boolean stored, String shown) {
        this.shown = shown;
        this.ids = ids;
        this.stored = stored;
    }

    /**
     * Of a container with these ids.
     *
     * @param ids the ids of the user namespace through which its files are seen, or empty if they are seen as they are
     * @return the owners
     */
    public static OwnerMap of(Optional<IdMap> ids) {
        return ids.isEmpty() ? SAME : new OwnerMap(ids, false);
    }

    /**
     * Of a container, seen by somebody who has its ids.
     *
     * @param ids the ids of the container
     * @return the owners
     */
    public static OwnerMap inside(IdMap ids) {
        return new OwnerMap(Optional.of(new IdMap(same(ids.users()), same(ids.groups()))), false, ids.toString());
    }

    private static List<IdRange> same(List<IdRange> ranges) {
        return ranges.stream()
                .map(range -> IdRange.of(range.inside(), range.inside(), range.count()))
                .toList();
    }

    /**
     * Of a container whose files have owners of the host on disk: no mount maps them.
     *
     * @param ids the ids of the container, or empty if they are the host's
     * @return the owners
     */
    public static OwnerMap stored(Optional<IdMap> ids) {
        return ids.isEmpty() ? SAME : new OwnerMap(ids, true);
    }

    /**
     * Of files that have the ids of their image on disk. Root can give them any; an ordinary user only those that containers
     * have: the further ones of the user are those of other containers of the same user.
     *
     * @param place one of the files, or the folder that they are in
     * @return the owners
     */
    public static OwnerMap onDisk(Fd place) {
        return place.deputy().filter(Deputy::hasSeveralIds).isPresent() ? OF_USERS : SAME;
    }

    /**
     * Of an image that is being built. It is as {@link #onDisk}, but where an ordinary user has a single id everything is
     * root's.
     *
     * @param place the folder of the image
     * @return the owners
     */
    public static OwnerMap ofBuild(Fd place) {
        return place.deputy().filter(deputy -> !deputy.hasSeveralIds()).isPresent() ? OF_ONE : onDisk(place);
    }

    int insideUser(int seen) {
        return ids.isEmpty() ? seen : inside(ids.get().containerUser(Integer.toUnsignedLong(seen)));
    }

    int insideGroup(int seen) {
        return ids.isEmpty() ? seen : inside(ids.get().containerGroup(Integer.toUnsignedLong(seen)));
    }

    private static int inside(OptionalLong id) {
        return id.isPresent() ? (int) id.getAsLong() : NOBODY;
    }

    int outsideUser(int inside) throws LinuxException {
        return ids.isEmpty() ? inside : outside("user", inside, ids.get().hostUser(Integer.toUnsignedLong(inside)));
    }

    int outsideGroup(int inside) throws LinuxException {
        return ids.isEmpty() ? inside : outside("group", inside, ids.get().hostGroup(Integer.toUnsignedLong(inside)));
    }

    private int outside(String kind, int inside, OptionalLong id) throws LinuxException {
        if (this == OF_ONE) {
            return 0;
        }
        if (id.isEmpty()) {
            throw LinuxException.of(-Errno.EINVAL.number(), "chown", kind + " " + Integer.toUnsignedLong(inside))
                    .withHint("the container has no such " + kind + ": its ids are " + shown);
        }
        return (int) id.getAsLong();
    }

    /** An entry that was read here, with the owners that it has in the container. */
    TarEntry inside(TarEntry entry) throws LinuxException {
        return ids.isEmpty() || entry == null
                ? entry
                : owned(ofContainersRoot(entry), this::insideUser, this::insideGroup);
    }

    /** An entry whose file capabilities name the container's root as the host calls him, where no mount does that. */
    private TarEntry forContainersRoot(TarEntry entry) throws LinuxException {
        if (!stored) {
            return entry;
        }
        ShiftedOwners shifted = new ShiftedOwners(Optional.empty(), ids);
        List<TarEntry.Attribute> attributes = new ArrayList<>();
        for (TarEntry.Attribute attribute : entry.attributes()) {
            attributes.add(
                    attribute.name().equals(CAPABILITY)
                            ? new TarEntry.Attribute(CAPABILITY, shifted.attribute(CAPABILITY, attribute.value()))
                            : attribute);
        }
        return EntryRules.owned(entry, entry.uid(), entry.gid(), attributes, entry.acls());
    }

    /** File capabilities that are for a root who isn't the host's name him, see capabilities(7); inside that is root. */
    private static TarEntry ofContainersRoot(TarEntry entry) {
        List<TarEntry.Attribute> attributes = new ArrayList<>();
        for (TarEntry.Attribute attribute : entry.attributes()) {
            byte[] value = attribute.value();
            boolean named = attribute.name().equals(CAPABILITY) && value.length == CAPABILITY_3 && value[3] == 3;
            if (named) {
                value = Arrays.copyOf(value, CAPABILITY_2);
                value[3] = 2;
            }
            attributes.add(named ? new TarEntry.Attribute(CAPABILITY, value) : attribute);
        }
        return EntryRules.owned(entry, entry.uid(), entry.gid(), attributes, entry.acls());
    }

    /** An entry as it is to be written here, for the owners that it has in the container. */
    TarEntry outside(TarEntry entry) throws LinuxException {
        if (ids.isEmpty() || entry == null) {
            return entry;
        }
        return isOne()
                ? EntryRules.ownedByRoot(entry)
                : owned(forContainersRoot(entry), this::outsideUser, this::outsideGroup);
    }

    /** Then there is nobody else than root to give anything to. */
    private boolean isOne() {
        return ids.get().users().stream().mapToLong(IdRange::count).sum() == 1;
    }

    /** An entry with other numbers for its owners, also those in its access control lists. */
    static TarEntry owned(TarEntry entry, PosixAcl.Renumbering users, PosixAcl.Renumbering groups)
            throws LinuxException {
        List<TarEntry.Attribute> attributes = new ArrayList<>();
        for (TarEntry.Attribute attribute : entry.attributes()) {
            boolean acl =
                    attribute.name().equals(PosixAcl.ACCESS) || attribute.name().equals(PosixAcl.DEFAULT);
            attributes.add(acl ? renumbered(attribute, users, groups) : attribute);
        }
        Map<String, PosixAcl> acls = new HashMap<>();
        for (Map.Entry<String, PosixAcl> acl : entry.acls().entrySet()) {
            acls.put(acl.getKey(), acl.getValue().renumbered(users, groups));
        }
        return EntryRules.owned(entry, users.of(entry.uid()), groups.of(entry.gid()), attributes, acls);
    }

    private static TarEntry.Attribute renumbered(
            TarEntry.Attribute attribute, PosixAcl.Renumbering users, PosixAcl.Renumbering groups)
            throws LinuxException {
        Optional<PosixAcl> acl = PosixAcl.decode(attribute.value());
        if (acl.isEmpty()) {
            return attribute;
        }
        byte[] value = acl.get().renumbered(users, groups).encode(PosixAcl.NO_NAMES, new ArrayList<>());
        return new TarEntry.Attribute(attribute.name(), value);
    }
}

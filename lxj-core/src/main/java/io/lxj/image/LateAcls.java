package io.lxj.image;

import io.lxj.linux.Errno;
import io.lxj.linux.FileName;
import io.lxj.linux.LinuxException;
import io.lxj.linux.RootDir;
import io.lxj.linux.Xattrs;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/**
 * Access control lists that name users and groups. They can be set only when the image's own passwd and group files are
 * there: at the end. GNU tar would ask the host's, where the same name may have another number.
 */
final class LateAcls {
    /** Room for tens of thousands of ordinary lists, which an archive must not be able to fill the memory with. */
    private static final int MAX_MEMORY = 16 << 20;

    private static final int MAX_FILE = 4 << 20;

    private record Late(byte[] name, String attribute, PosixAcl acl) {
        long memory() {
            return 128 + name.length + acl.memory();
        }
    }

    private final List<Late> late = new ArrayList<>();
    private final ImportWarnings warnings;
    private final int maxDepth;
    private final OwnerMap owners;
    private long memory;

    LateAcls(ImportWarnings warnings, int maxDepth, OwnerMap owners) {
        this.warnings = warnings;
        this.maxDepth = maxDepth;
        this.owners = owners;
    }

    /** Notes a list for the end. */
    void add(TarEntry entry, String attribute, PosixAcl acl) {
        Late one = new Late(entry.name(), attribute, acl);
        if (memory + one.memory() > MAX_MEMORY) {
            warnings.add("access control lists with names were left out, because there are too many", entry.name());
            return;
        }
        memory += one.memory();
        late.add(one);
    }

    /** Sets all of them. */
    void apply(RootDir root) throws LinuxException {
        if (late.isEmpty()) {
            return;
        }
        PosixAcl.Names names = names(root);
        for (Late one : late) {
            apply(root, one, names);
        }
    }

    private void apply(RootDir root, Late one, PosixAcl.Names names) throws LinuxException {
        List<String> unknown = new ArrayList<>();
        byte[] value = one.acl.encode(names, unknown);
        if (!unknown.isEmpty()) {
            warnings.add("access control lists name users or groups that the image doesn't have", one.name);
        }
        byte[] path = path(one.name);
        if (path.length == 0) {
            warnings.add("access control lists with names could not be set", one.name);
            return;
        }
        try (RootDir.Place place = root.place(path)) {
            Xattrs.set(place.directory(), place.name(), one.attribute, value);
        } catch (LinuxException e) {
            // A later entry of the same name may have replaced the file.
            if (!e.is(Errno.ENOENT) && !e.is(Errno.EOPNOTSUPP) && !e.is(Errno.EINVAL) && !e.is(Errno.EPERM)) {
                throw e;
            }
            warnings.add("access control lists with names could not be set", one.name);
        }
    }

    private byte[] path(byte[] name) {
        try {
            EntryPath path = EntryPath.parse(name, maxDepth);
            return path.prefix(path.depth());
        } catch (ArchiveException e) {
            throw new IllegalStateException("the entry was written under this name", e);
        }
    }

    private PosixAcl.Names names(RootDir root) {
        Map<String, Integer> users = ids(root, "etc/passwd");
        Map<String, Integer> groups = ids(root, "etc/group");
        return new PosixAcl.Names() {
            @Override
            public OptionalInt user(String name) {
                return outside(users.get(name), owners::outsideUser);
            }

            @Override
            public OptionalInt group(String name) {
                return outside(groups.get(name), owners::outsideGroup);
            }
        };
    }

    private static OptionalInt outside(Integer id, PosixAcl.Renumbering numbers) {
        try {
            return id == null ? OptionalInt.empty() : OptionalInt.of(numbers.of(id));
        } catch (LinuxException e) {
            // An id that the container doesn't have: to it, the name is as unknown as one that isn't in the file.
            return OptionalInt.empty();
        }
    }

    /** Names and numbers of a file like passwd(5): fields between colons, of which the first and third count. */
    private static Map<String, Integer> ids(RootDir root, String path) {
        Map<String, Integer> ids = new HashMap<>();
        String text;
        try {
            text = FileName.string(root.read(FileName.bytes(path), MAX_FILE));
        } catch (LinuxException e) {
            // Without the file there are no names; each list that needs one is warned of.
            return ids;
        }
        for (String line : text.split("\n")) {
            String[] fields = line.split(":", 4);
            if (fields.length > 2 && fields[2].matches("[0-9]{1,10}") && Long.parseLong(fields[2]) < 0xFFFFFFFFL) {
                ids.putIfAbsent(fields[0], (int) Long.parseLong(fields[2]));
            }
        }
        return ids;
    }
}

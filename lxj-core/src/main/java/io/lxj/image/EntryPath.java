package io.lxj.image;

import io.lxj.linux.FileName;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The path of an entry, taken apart. Leading slashes fall away, so that an absolute name is one below the root, and so
 * do {@code .} and empty components. A {@code ..} is refused, as GNU tar does: no honest archive of a root filesystem
 * has one.
 */
final class EntryPath {
    // NAME_MAX of every file system that holds a root filesystem.
    private static final int NAME_MAX = 255;

    private final List<byte[]> components;

    private EntryPath(List<byte[]> components) {
        this.components = components;
    }

    /**
     * Takes a name apart.
     *
     * @param name as the archive has it
     * @param maxDepth how many components it may have
     */
    static EntryPath parse(byte[] name, int maxDepth) throws ArchiveException {
        List<byte[]> components = new ArrayList<>();
        int start = 0;
        for (int i = 0; i <= name.length; i++) {
            if (i == name.length || name[i] == '/') {
                add(components, Arrays.copyOfRange(name, start, i));
                start = i + 1;
            }
        }
        if (components.size() > maxDepth) {
            throw ArchiveException.beyond(
                    "pathDepth",
                    FileName.quote(name) + " is " + components.size() + " folders deep, more than the limit of "
                            + maxDepth);
        }
        return new EntryPath(components);
    }

    private static void add(List<byte[]> components, byte[] name) throws ArchiveException {
        boolean dot = name.length == 1 && name[0] == '.';
        if (name.length == 0 || dot) {
            return;
        }
        if (name.length == 2 && name[0] == '.' && name[1] == '.') {
            throw new ArchiveException("a path with \"..\" is refused: it could lead out of the image");
        }
        if (name.length > NAME_MAX) {
            throw new ArchiveException("a name of " + name.length + " bytes can't exist: Linux allows " + NAME_MAX);
        }
        components.add(name);
    }

    boolean isRoot() {
        return components.isEmpty();
    }

    int depth() {
        return components.size();
    }

    byte[] component(int index) {
        return components.get(index);
    }

    byte[] last() {
        return components.get(components.size() - 1);
    }

    /** The first components, joined by slashes. */
    byte[] prefix(int count) {
        int length = 0;
        for (int i = 0; i < count; i++) {
            length += components.get(i).length + 1;
        }
        byte[] path = new byte[Math.max(0, length - 1)];
        int at = 0;
        for (int i = 0; i < count; i++) {
            byte[] name = components.get(i);
            System.arraycopy(name, 0, path, at, name.length);
            at += name.length;
            if (i < count - 1) {
                path[at++] = '/';
            }
        }
        return path;
    }
}

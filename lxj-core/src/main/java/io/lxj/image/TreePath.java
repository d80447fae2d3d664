package io.lxj.image;

import io.lxj.error.InvalidConfigException;
import io.lxj.linux.FileName;
import java.util.Objects;

/**
 * A path below the root of a container or image, as bytes. It is absolute and has no {@code ..}, so that it says what it
 * means without a look at the tree; links on its way are followed within the root. Immutable and thread-safe.
 *
 * @param bytes with one slash before each component and none at the end; empty for the root itself
 */
record TreePath(byte[] bytes) {
    // PATH_MAX of linux/limits.h, without the NUL.
    private static final int MAX_LENGTH = 4095;
    private static final String RULE =
            "an absolute path of at most 4095 bytes without \"..\" and NUL; bytes that aren't UTF-8 as the surrogates"
                    + " U+DC80 to U+DCFF";

    static TreePath of(String path) {
        Objects.requireNonNull(path, "path");
        if (!path.startsWith("/")) {
            throw new InvalidConfigException("path", path, RULE);
        }
        StringBuilder plain = new StringBuilder(path.length());
        for (String name : path.split("/")) {
            if (name.equals("..")) {
                throw new InvalidConfigException("path", path, RULE);
            }
            if (!name.isEmpty() && !name.equals(".")) {
                plain.append('/').append(name);
            }
        }
        try {
            byte[] bytes = FileName.bytes(plain.toString());
            if (bytes.length > MAX_LENGTH) {
                throw new InvalidConfigException("path", path, RULE);
            }
            return new TreePath(bytes);
        } catch (IllegalArgumentException e) {
            throw new InvalidConfigException("path", path, RULE);
        }
    }

    boolean isRoot() {
        return bytes.length == 0;
    }

    @Override
    public String toString() {
        return isRoot() ? "/" : FileName.string(bytes);
    }
}

package io.lxj.config;

import io.lxj.error.InvalidConfigException;
import java.util.ArrayList;
import java.util.List;

/**
 * Rules for a path within a container. It is text, not a {@link java.nio.file.Path}: it means nothing on the host and
 * must never be resolved there.
 */
final class ContainerPath {
    private static final int LONGEST = 4_095;
    private static final int LONGEST_NAME = 255;
    private static final String RULE = "an absolute path without \"..\", of at most " + LONGEST
            + " bytes with names of at most " + LONGEST_NAME + ", without control characters";

    private ContainerPath() {}

    /** The path without repeated or trailing slashes and {@code .} components, so that equal places are equal text. */
    static String check(String field, String path) {
        Text.check(field, path);
        if (!path.startsWith("/") || Text.byteLength(path) > LONGEST) {
            throw new InvalidConfigException(field, path, RULE);
        }
        List<String> names = new ArrayList<>();
        for (String name : path.split("/")) {
            if (name.equals("..") || Text.byteLength(name) > LONGEST_NAME) {
                throw new InvalidConfigException(field, path, RULE);
            }
            if (!name.isEmpty() && !name.equals(".")) {
                names.add(name);
            }
        }
        return "/" + String.join("/", names);
    }
}

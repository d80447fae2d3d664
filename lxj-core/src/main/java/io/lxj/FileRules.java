package io.lxj;

import io.lxj.error.InvalidConfigException;
import java.util.Objects;
import java.util.regex.Pattern;

/** Checks what is said of files and accounts. */
final class FileRules {
    private static final int HIGHEST_MODE = 07777;
    private static final long HIGHEST_ID = 0xFFFFFFFEL;
    private static final Pattern ACCOUNT = Pattern.compile("[A-Za-z_][A-Za-z0-9._-]{0,31}");

    private FileRules() {}

    static int mode(int mode) {
        if (mode < 0 || mode > HIGHEST_MODE) {
            throw new InvalidConfigException("mode", Integer.toOctalString(mode), "0 to 07777");
        }
        return mode;
    }

    static int id(String field, long id) {
        if (id < 0 || id > HIGHEST_ID) {
            throw new InvalidConfigException(field, id, "0 to " + HIGHEST_ID);
        }
        return (int) id;
    }

    static void account(String field, String name) {
        Objects.requireNonNull(name, field);
        if (!ACCOUNT.matcher(name).matches()) {
            throw new InvalidConfigException(
                    field, name, "1 to 32 letters, digits, '.', '-' and '_', of which the first is a letter or '_'");
        }
    }

    /** A path in a line of passwd(5), whose fields end at a colon. */
    static void field(String field, String path) {
        Objects.requireNonNull(path, field);
        if (!path.startsWith("/") || path.chars().anyMatch(c -> c == ':' || c < ' ' || c == 0x7f)) {
            throw new InvalidConfigException(field, path, "an absolute path without ':' and control characters");
        }
    }
}

package io.lxj.config;

import io.lxj.error.InvalidConfigException;
import java.util.Objects;
import java.util.regex.Pattern;

/** Rules for user and group ids and names. */
final class Ids {
    /** 4294967295 is (uid_t) -1, which means "leave as it is" to setresuid(2). */
    private static final long HIGHEST = 4_294_967_294L;

    private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_.@-]{0,254}\\$?");

    private Ids() {}

    static long check(String field, long id) {
        if (id < 0 || id > HIGHEST) {
            throw new InvalidConfigException(field, id, "a number from 0 to " + HIGHEST);
        }
        return id;
    }

    /** A name can't start with a digit, so that no text can be taken for a number by one and for a name by another. */
    static String checkName(String field, String name) {
        Objects.requireNonNull(name, field);
        if (!NAME.matcher(name).matches()) {
            throw new InvalidConfigException(
                    field,
                    name,
                    "a name of letters, digits, '_', '.', '@', '-' that starts with a letter or '_'; "
                            + "give a number as an id");
        }
        return name;
    }
}

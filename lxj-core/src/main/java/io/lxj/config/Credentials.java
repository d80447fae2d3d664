package io.lxj.config;

import io.lxj.error.InvalidConfigException;
import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** Rules for credentials: each becomes a file of its own. They are kept in the order of their names. */
final class Credentials {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._-]{0,254}");
    /** All of them together are part of what the init is started from, and that is kept in memory. */
    private static final int LARGEST = 64 * 1024;

    private Credentials() {}

    static Map<String, String> plus(Map<String, String> credentials, String name, String content) {
        Map<String, String> copy = new TreeMap<>(credentials);
        copy.put(Objects.requireNonNull(name, "credential name"), content);
        return of(copy);
    }

    static Map<String, String> of(Map<String, String> credentials) {
        int sum = 0;
        for (Map.Entry<String, String> credential : credentials.entrySet()) {
            String field = "credentials." + credential.getKey();
            if (!NAME.matcher(credential.getKey()).matches()) {
                throw new InvalidConfigException(
                        field,
                        credential.getKey(),
                        "1 to 255 of the characters A-Z a-z 0-9 . _ - with neither a dot nor a hyphen first");
            }
            sum += Text.byteLength(Text.checkArgument(field, credential.getValue()));
            if (sum > LARGEST) {
                throw InvalidConfigException.secret(field, "credentials of at most " + LARGEST + " bytes together");
            }
        }
        return Collections.unmodifiableMap(new TreeMap<>(credentials));
    }
}

package io.lxj.config;

import io.lxj.error.InvalidConfigException;
import java.util.Objects;
import java.util.StringJoiner;
import java.util.regex.Pattern;

/**
 * Which names are allowed. A name of an image or container becomes that of a folder, a container's also that of a
 * cgroup and, where none is given, its host name. Stateless and thread-safe.
 */
public final class Names {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]*");
    private static final Pattern HYPHENS_AT_AN_END = Pattern.compile("^-+|-+$");
    private static final Pattern HOSTNAME_LABEL = Pattern.compile("[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?");
    private static final int LONGEST_CONTAINER = 63;
    private static final int LONGEST_IMAGE = 128;
    /** __NEW_UTS_LEN of the kernel, see sethostname(2). */
    private static final int LONGEST_HOSTNAME = 64;

    private Names() {}

    /**
     * Checks the name of a container: 1 to 63 letters, digits, dots, underscores and hyphens of ASCII, of which the
     * first is a letter or digit.
     *
     * @param name the name
     * @return the name
     * @throws InvalidConfigException if it isn't allowed
     */
    public static String container(String name) {
        return check("container name", name, LONGEST_CONTAINER);
    }

    /**
     * Checks the name of an image: 1 to 128 letters, digits, dots, underscores and hyphens of ASCII, of which the first
     * is a letter or digit.
     *
     * @param name the name
     * @return the name
     * @throws InvalidConfigException if it isn't allowed
     */
    public static String image(String name) {
        return check("image name", name, LONGEST_IMAGE);
    }

    /**
     * Checks a host name: up to 64 characters, labels separated by dots, each of 1 to 63 letters, digits and hyphens,
     * of which neither the first nor the last is a hyphen. See RFC 1123, section 2.1, and sethostname(2).
     *
     * @param name the host name
     * @return the host name
     * @throws InvalidConfigException if it isn't allowed
     */
    public static String hostname(String name) {
        Objects.requireNonNull(name, "hostname");
        boolean fits = name.length() <= LONGEST_HOSTNAME;
        for (String label : name.split("\\.", -1)) {
            fits = fits && HOSTNAME_LABEL.matcher(label).matches();
        }
        if (!fits) {
            throw new InvalidConfigException(
                    "hostname",
                    name,
                    "1 to " + LONGEST_HOSTNAME + " characters: labels of letters, digits and '-', separated by '.', "
                            + "that neither start nor end with '-'");
        }
        return name;
    }

    /**
     * The host name of a container that isn't given one: its name, without what a host name can't have.
     *
     * @param container the name of the container
     * @return the host name: underscores are hyphens, and a label neither starts nor ends with one
     * @throws InvalidConfigException if the name of the container isn't allowed
     */
    public static String hostnameOf(String container) {
        StringJoiner hostname = new StringJoiner(".");
        for (String label : container(container).replace('_', '-').split("\\.")) {
            String trimmed = HYPHENS_AT_AN_END.matcher(label).replaceAll("");
            if (!trimmed.isEmpty()) {
                hostname.add(trimmed);
            }
        }
        return hostname.toString();
    }

    private static String check(String field, String name, int longest) {
        Objects.requireNonNull(name, field);
        if (name.length() > longest || !NAME.matcher(name).matches()) {
            throw new InvalidConfigException(
                    field,
                    name,
                    "1 to " + longest + " of the characters A-Z a-z 0-9 . _ - with a letter or digit first");
        }
        return name;
    }
}

package io.lxj.image;

import io.lxj.config.OsRelease;
import io.lxj.linux.Errno;
import io.lxj.linux.FileName;
import io.lxj.linux.LinuxException;
import io.lxj.linux.RootDir;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads os-release(5). The file is shell assignments, but nothing is expanded: quotes and backslashes are undone, and
 * that is all.
 */
public final class OsReleaseFile {
    private static final List<String> PATHS = List.of("etc/os-release", "usr/lib/os-release");
    private static final int MAX_FILE = 64 * 1024;
    private static final int MAX_VALUE = 128;

    private OsReleaseFile() {}

    /** What the image says of itself, or empty if it has no such file or one that can't be read. */
    static Optional<OsRelease> read(RootDir root, ImportWarnings warnings) throws LinuxException {
        for (String path : PATHS) {
            try {
                return Optional.of(parse(FileName.string(root.read(FileName.bytes(path), MAX_FILE))));
            } catch (LinuxException e) {
                if (e.is(Errno.EFBIG) || e.is(Errno.EINVAL)) {
                    warnings.add("/" + path + " is not a file of at most " + MAX_FILE + " bytes and was not read");
                } else if (!isMissing(e)) {
                    throw e;
                }
            }
        }
        return Optional.empty();
    }

    private static boolean isMissing(LinuxException e) {
        return List.of(Errno.ENOENT, Errno.ENOTDIR, Errno.ELOOP, Errno.EACCES, Errno.ENXIO, Errno.EISDIR).stream()
                .anyMatch(e::is);
    }

    static OsRelease parse(String text) {
        Map<String, String> values = fields(text);
        String id = values.getOrDefault("ID", "linux");
        String version = values.getOrDefault("VERSION_ID", "");
        String name = values.getOrDefault("PRETTY_NAME", (values.getOrDefault("NAME", id) + " " + version).strip());
        return new OsRelease(id, version, name);
    }

    /**
     * The fields of such a file.
     *
     * @param text its content
     * @return their values by their names, without quotes and control characters
     */
    public static Map<String, String> fields(String text) {
        Map<String, String> values = new HashMap<>();
        for (String line : text.split("\n")) {
            int equals = line.indexOf('=');
            if (equals > 0 && !line.startsWith("#")) {
                values.put(
                        line.substring(0, equals).strip(),
                        value(line.substring(equals + 1).strip()));
            }
        }
        return values;
    }

    private static String value(String quoted) {
        StringBuilder value = new StringBuilder();
        char quote = 0;
        for (int i = 0; i < quoted.length(); i++) {
            char c = quoted.charAt(i);
            if (quote == 0 && (c == '"' || c == '\'')) {
                quote = c;
            } else if (quote != 0 && c == quote) {
                quote = 0;
            } else if (c == '\\' && quote != '\'' && i + 1 < quoted.length()) {
                value.append(quoted.charAt(++i));
            } else {
                value.append(c);
            }
        }
        return clean(value.toString());
    }

    /** Only what can be shown to people on one line, and not too much of it. */
    private static String clean(String value) {
        StringBuilder out = new StringBuilder();
        value.codePoints()
                .filter(c -> !Character.isISOControl(c)
                        && Character.getType(c) != Character.FORMAT
                        && Character.getType(c) != Character.SURROGATE
                        && Character.getType(c) != Character.LINE_SEPARATOR
                        && Character.getType(c) != Character.PARAGRAPH_SEPARATOR)
                .limit(MAX_VALUE)
                .forEach(out::appendCodePoint);
        return out.toString();
    }
}

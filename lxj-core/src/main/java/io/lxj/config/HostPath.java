package io.lxj.config;

import io.lxj.error.InvalidConfigException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;

/** Rules for a path on the host. It is kept as text, so that its bytes survive a JVM whose locale can't show them. */
final class HostPath {
    private static final int LONGEST = 4_095;
    private static final char REPLACEMENT = '\ufffd';

    private HostPath() {}

    /** The text of a path, made absolute. */
    static String of(String field, Path path) {
        Objects.requireNonNull(path, field);
        if (!path.getFileSystem().equals(FileSystems.getDefault())) {
            throw new InvalidConfigException(field, path, "a path of the host's own file system");
        }
        String encoding = System.getProperty("sun.jnu.encoding", "UTF-8");
        return check(field, portable(field, path.toAbsolutePath().toString(), Charset.forName(encoding)));
    }

    /**
     * What a text is in UTF-8 that the JVM has decoded from the bytes of a name with the charset of its locale. Where
     * the bytes can't be had back from it, the text would name another file, and is refused.
     */
    static String portable(String field, String decoded, Charset locale) {
        byte[] bytes = decoded.getBytes(locale);
        String text = new String(bytes, StandardCharsets.UTF_8);
        // A byte that the locale can't show was decoded as U+FFFD; one that isn't UTF-8 is U+FFFD now.
        if (decoded.indexOf(REPLACEMENT) >= 0 || !Arrays.equals(bytes, text.getBytes(StandardCharsets.UTF_8))) {
            throw new InvalidConfigException(
                    field,
                    decoded,
                    "a path whose name is valid in the JVM's locale and in UTF-8; give any other as text");
        }
        return text;
    }

    static String check(String field, String path) {
        Text.check(field, path);
        if (!path.startsWith("/") || Text.byteLength(path) > LONGEST) {
            throw new InvalidConfigException(
                    field, path, "an absolute path on the host of at most " + LONGEST + " bytes");
        }
        return path;
    }
}

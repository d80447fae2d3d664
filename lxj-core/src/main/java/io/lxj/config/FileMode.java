package io.lxj.config;

import io.lxj.error.InvalidConfigException;
import java.util.regex.Pattern;

/** Rules and text of file mode bits. */
final class FileMode {
    private static final int HIGHEST = 07777;
    private static final String RULE = "mode bits from 0 to 07777, written in octal";

    private static final int DIGITS = 4;
    private static final Pattern OCTAL = Pattern.compile("0?[0-7]{1,4}");

    private FileMode() {}

    static int check(String field, int mode) {
        if (mode < 0 || mode > HIGHEST) {
            throw new InvalidConfigException(field, Integer.toOctalString(mode), RULE);
        }
        return mode;
    }

    static int read(JsonValue value) {
        String text = value.string();
        if (!OCTAL.matcher(text).matches()) {
            throw value.notAllowed(RULE);
        }
        return Integer.parseInt(text, 8);
    }

    static String text(int mode) {
        String digits = Integer.toOctalString(mode);
        return "0".repeat(DIGITS - digits.length()) + digits;
    }
}

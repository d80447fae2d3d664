package io.lxj.config;

import io.lxj.error.InvalidConfigException;

/** Rules and text of file mode bits. */
final class FileMode {
    private static final int HIGHEST = 07777;
    static final String RULE = "mode bits from 0 to 07777, written in octal";

    private FileMode() {}

    static int check(String field, int mode) {
        if (mode < 0 || mode > HIGHEST) {
            throw new InvalidConfigException(field, mode, RULE);
        }
        return mode;
    }

    static String text(int mode) {
        return String.format("%04o", mode);
    }
}

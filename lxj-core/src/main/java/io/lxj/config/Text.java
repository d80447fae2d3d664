package io.lxj.config;

import io.lxj.error.InvalidConfigException;
import java.util.Objects;

/** Rules for text of any kind. */
final class Text {
    /** The longest string that execve(2) accepts, without its final NUL: MAX_ARG_STRLEN of the kernel. */
    static final int LONGEST = 131_071;

    private static final String RULE = "text of at most " + LONGEST + " bytes without control characters";

    private Text() {}

    /** Refuses control characters: what a value is later written to may give them a meaning. */
    static String check(String field, String text) {
        Objects.requireNonNull(text, field);
        if (!isPlain(text)) {
            throw new InvalidConfigException(field, text, RULE);
        }
        return text;
    }

    /** The same for a text that may be a secret, and isn't shown. */
    static String checkSecret(String field, String text) {
        Objects.requireNonNull(text, field);
        if (!isPlain(text)) {
            throw InvalidConfigException.secret(field, RULE);
        }
        return text;
    }

    /** Refuses only what execve(2) can't take: an argument of a command may be a whole script. */
    static String checkArgument(String field, String text) {
        Objects.requireNonNull(text, field);
        if (text.indexOf('\0') >= 0 || !isEncodable(text) || byteLength(text) > LONGEST) {
            throw InvalidConfigException.secret(field, "text of at most " + LONGEST + " bytes without NUL");
        }
        return text;
    }

    static boolean isPlain(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (isControl(text.charAt(i))) {
                return false;
            }
        }
        return isEncodable(text) && byteLength(text) <= LONGEST;
    }

    /** How many bytes Linux sees of a text. */
    static int byteLength(String text) {
        int length = 0;
        int point;
        for (int i = 0; i < text.length(); i += Character.charCount(point)) {
            point = text.codePointAt(i);
            length += byteLength(point);
        }
        return length;
    }

    private static int byteLength(int point) {
        if (point < 0x80 || isEscapedByte(point)) {
            return 1;
        }
        if (point < 0x800) {
            return 2;
        }
        return point < 0x10000 ? 3 : 4;
    }

    /** Whether the text stands for bytes: a lone surrogate must be one that an invalid byte is written as. */
    private static boolean isEncodable(String text) {
        int point;
        for (int i = 0; i < text.length(); i += Character.charCount(point)) {
            point = text.codePointAt(i);
            if (isSurrogate(point) && !isEscapedByte(point)) {
                return false;
            }
        }
        return true;
    }

    private static boolean isControl(char unit) {
        return Character.isISOControl(unit) || unit == 0x2028 || unit == 0x2029;
    }

    /** Whether a code point is half of a pair that has no other half: as a code point, it is one only then. */
    static boolean isSurrogate(int point) {
        return point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE;
    }

    private static boolean isEscapedByte(int point) {
        return point >= 0xdc80 && point <= 0xdcff;
    }
}

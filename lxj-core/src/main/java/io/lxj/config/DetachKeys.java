package io.lxj.config;

import io.lxj.error.InvalidConfigException;

/**
 * The two keys that, typed one after the other, end an interactive session with a console. The first key typed twice
 * reaches the container as that key once. An immutable value; thread-safe.
 *
 * @param first the key that is held back until the next one is known; an ASCII character, mostly a control character
 * @param second the key that detaches; another ASCII character
 */
public record DetachKeys(char first, char second) {
    /** Ctrl-a and q, as with LXC. */
    public static final DetachKeys DEFAULT = ctrl('a', 'q');

    private static final int HIGHEST = 0x7f;

    /** A control character is the letter without these bits. */
    private static final int CTRL = 0x60;

    /**
     * Checks the keys.
     *
     * @param first the key that announces the other
     * @param second the key that detaches
     * @throws InvalidConfigException if one isn't an ASCII character, or both are the same
     */
    public DetachKeys {
        check("detachKeys.first", first);
        check("detachKeys.second", second);
        if (first == second) {
            throw new InvalidConfigException("detachKeys.second", name(second), "another key than the first one");
        }
    }

    private static void check(String field, char key) {
        if (key > HIGHEST) {
            throw new InvalidConfigException(field, key, "an ASCII character");
        }
    }

    /**
     * A letter typed with the control key, and another key.
     *
     * @param letter a to z, typed with the control key
     * @param second the key that detaches
     * @return the keys
     * @throws InvalidConfigException if the letter isn't a to z
     */
    public static DetachKeys ctrl(char letter, char second) {
        if (letter < 'a' || letter > 'z') {
            throw new InvalidConfigException("detachKeys.first", letter, "a letter from a to z");
        }
        return new DetachKeys((char) (letter & ~CTRL), second);
    }

    private static String name(char key) {
        if (key == HIGHEST) {
            return "Del";
        }
        return key < ' ' ? "Ctrl-" + Character.toLowerCase((char) (key | '@')) : Character.toString(key);
    }

    /** {@return the keys in words, for example {@code Ctrl-a q}} */
    @Override
    public String toString() {
        return name(first) + " " + name(second);
    }
}

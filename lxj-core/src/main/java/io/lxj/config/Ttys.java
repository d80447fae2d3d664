package io.lxj.config;

import io.lxj.error.InvalidConfigException;

/** The terminals of a container beside its console. */
final class Ttys {
    private static final int MOST = 16;

    private Ttys() {}

    static int check(int number, OnExit onExit) {
        if (number < 0 || number > MOST) {
            throw new InvalidConfigException(ConfigSettings.TTYS.name(), number, "a number from 0 to " + MOST);
        }
        // The keeper could hold their masters, but nobody would read them until another JVM comes.
        if (number > 0 && onExit == OnExit.KEEP) {
            throw new InvalidConfigException(
                    ConfigSettings.TTYS.name(), number, "0 for a container that is kept when the JVM ends");
        }
        return number;
    }
}

package io.lxj.examples.benchmark;

import io.lxj.Container;
import io.lxj.config.ExitStatus;

/** Containers that end by themselves. */
final class ShortLife {
    private ShortLife() {}

    /** Starts a container and waits until it has ended and nothing is left of the run. */
    static void run(Container container) throws Exception {
        container.start();
        await(container);
    }

    /** Waits until a container that was started has ended and nothing is left of the run. */
    static void await(Container container) throws Exception {
        ExitStatus exit = container.onExit().get();
        if (!exit.isClean()) {
            throw new IllegalStateException(container + ": " + exit);
        }
    }
}

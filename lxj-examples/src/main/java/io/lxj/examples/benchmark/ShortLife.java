package io.lxj.examples.benchmark;

import io.lxj.Container;
import io.lxj.config.ExitStatus;
import io.lxj.config.State;
import io.lxj.error.WrongStateException;
import java.time.Duration;

/** Containers that end by themselves. */
final class ShortLife {
    private ShortLife() {}

    /** Starts a container and waits until it has ended and nothing is left of the run. */
    static void run(Container container) throws Exception {
        container.start();
        ExitStatus exit;
        try {
            exit = container.onExit().get();
        } catch (WrongStateException e) {
            // It was faster than the question.
            container.awaitState(State.STOPPED, Duration.ofSeconds(10));
            exit = container.lastExit().orElseThrow();
        }
        if (!exit.isClean()) {
            throw new IllegalStateException(container + ": " + exit);
        }
    }
}

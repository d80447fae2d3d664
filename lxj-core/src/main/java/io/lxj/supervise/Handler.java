package io.lxj.supervise;

import java.io.IOException;
import java.time.Duration;

/** Is called on the supervisor's thread when something has happened to a descriptor. It must never wait. */
@FunctionalInterface
public interface Handler {
    /**
     * Something has happened. As long as it isn't dealt with, this is called again and again; so a handler should do a
     * bounded amount of work and return. One that throws is logged, and called again after a pause.
     *
     * @param events EPOLL bits of {@link io.lxj.linux.Epoll}
     * @param watch what this is called for
     * @throws IOException if a system call fails
     */
    void ready(int events, Watch watch) throws IOException;

    /** What a handler can do to its own registration. */
    interface Watch extends Registration {
        /**
         * Doesn't call the handler for a while.
         *
         * @param pause how long
         */
        void pause(Duration pause);
    }
}

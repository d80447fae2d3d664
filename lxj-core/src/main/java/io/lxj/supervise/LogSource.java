package io.lxj.supervise;

import java.io.IOException;
import java.io.InputStream;

/** Where the log of a console can be read. */
@FunctionalInterface
public interface LogSource {
    /**
     * Opens the log.
     *
     * @return all that is logged, oldest first, to be closed by the caller
     * @throws IOException if it can't be opened
     */
    InputStream open() throws IOException;
}

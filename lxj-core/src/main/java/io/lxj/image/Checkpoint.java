package io.lxj.image;

import java.io.IOException;

/** Where long work looks whether it should go on. */
@FunctionalInterface
public interface Checkpoint {
    /**
     * Returns if the work goes on.
     *
     * @throws IOException if it is to end
     */
    void check() throws IOException;
}

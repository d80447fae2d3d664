package io.lxj.image;

import java.io.IOException;

/**
 * What ended work that was done ahead, on its way to where the results are taken in their order.
 *
 * @param cause what was thrown
 */
record ThreadFailure(Throwable cause) {
    /** Throws it as it is. */
    void rethrow() throws IOException {
        if (cause instanceof Error error) {
            throw error;
        }
        if (cause instanceof RuntimeException bug) {
            throw bug;
        }
        if (cause instanceof IOException io) {
            throw io;
        }
        throw new IOException(cause);
    }
}

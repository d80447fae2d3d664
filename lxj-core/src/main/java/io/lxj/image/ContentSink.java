package io.lxj.image;

import io.lxj.linux.Block;
import java.io.IOException;

/** Takes the content of a file piece by piece. */
interface ContentSink {
    /**
     * Takes the next piece.
     *
     * @param memory holds the piece only during this call
     * @param offset where in the memory it begins
     * @param length how long it is, more than 0
     */
    void accept(Block memory, int offset, int length) throws IOException;
}

package io.lxj.supervise;

import java.io.IOException;

/** Where a console's input goes. Thread-safe. */
public interface ConsoleSink {
    /**
     * Types something, and waits until the terminal has taken it.
     *
     * @param bytes what to type
     * @throws IOException if there is no terminal to type on, or the wait was interrupted
     */
    void send(byte[] bytes) throws IOException;

    /**
     * Types as much of something as the terminal takes at once.
     *
     * @param bytes what to type
     * @return how many bytes it took, which may be none
     * @throws IOException if there is no terminal to type on
     */
    int offer(byte[] bytes) throws IOException;

    /**
     * Sets the size of the terminal.
     *
     * @param rows how many lines
     * @param columns how many characters in a line
     * @throws IOException if there is no terminal
     */
    void resize(int rows, int columns) throws IOException;
}

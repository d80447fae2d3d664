package io.lxj.image;

import java.io.InterruptedIOException;

/** Where long work looks whether it should go on. */
@FunctionalInterface
interface Checkpoint {
    /** Returns if the work goes on. */
    void check() throws InterruptedIOException;
}

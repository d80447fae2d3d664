package io.lxj.supervise;

/** Something that goes on until this is closed. Thread-safe; closing twice is harmless. */
@FunctionalInterface
public interface Registration extends AutoCloseable {
    /** Ends it. A call that has begun on another thread may still be under way when this returns; no new one begins. */
    @Override
    void close();
}

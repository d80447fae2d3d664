package io.lxj;

/** Somebody is told of something until this is closed. Thread-safe. */
@FunctionalInterface
public interface Subscription extends AutoCloseable {
    /** No call begins after this; one may still be under way. Twice is harmless. */
    @Override
    void close();
}

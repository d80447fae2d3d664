package io.lxj.storage;

/** Is told how far a copy is. Implementations must be quick; several threads may call at a time. */
@FunctionalInterface
public interface CopyProgress {
    /** Nobody listens. */
    CopyProgress NONE = bytes -> {};

    /**
     * More was copied.
     *
     * @param bytes how many bytes of files since the last call
     */
    void copied(long bytes);
}

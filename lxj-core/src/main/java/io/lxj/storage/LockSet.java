package io.lxj.storage;

import java.util.List;

/** Several locks that are given up together. Thread-safe. */
public final class LockSet implements AutoCloseable {
    private final List<Lock> locks;

    LockSet(List<Lock> locks) {
        this.locks = List.copyOf(locks);
    }

    /**
     * One of the locks.
     *
     * @param name what it protects
     * @return the lock
     * @throws IllegalStateException if it isn't among these
     */
    public Lock of(LockName name) {
        return locks.stream()
                .filter(lock -> lock.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException(name + " is not among " + locks));
    }

    @Override
    public void close() {
        for (int i = locks.size() - 1; i >= 0; i--) {
            locks.get(i).close();
        }
    }
}

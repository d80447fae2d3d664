package io.lxj.examples.benchmark;

import java.util.Map;

/** Something that is measured in a case: lxj, or a peer. Not thread-safe. */
interface Subject {
    /** {@return its name in the table} */
    String name();

    /**
     * Does the work once. What only prepares it or tidies up after it is left out of the time.
     *
     * @return how long it took, in nanoseconds
     * @throws Exception if it failed; the subject is left out then
     */
    long run() throws Exception;

    /**
     * How often it runs before the first round, besides the rounds that don't count. A JVM that starts containers is one
     * that has started others: its code is compiled. What it is like before that, the case "cold" shows.
     *
     * @return a number of runs
     */
    default int warmUps() {
        return 0;
    }

    /** {@return what else was measured than time, by its name with the unit} */
    default Map<String, Double> figures() {
        return Map.of();
    }

    /** Removes what it has made. */
    default void end() throws Exception {}

    /** A subject made of its work alone, all of which is measured. */
    static Subject of(String name, Work work) {
        return of(name, work, () -> {});
    }

    /** A subject made of its work, and of what tidies up after each run. */
    static Subject of(String name, Work work, Work after) {
        return new Simple(name, 0, work, after, () -> {});
    }

    /** A subject in parts: runs before the first round, its work, what tidies up after each run, and after all. */
    record Simple(String name, int warmUps, Work work, Work after, Work last) implements Subject {
        @Override
        public long run() throws Exception {
            long start = System.nanoTime();
            work.run();
            long time = System.nanoTime() - start;
            after.run();
            return time;
        }

        @Override
        public void end() throws Exception {
            last.run();
        }
    }

    /** Some work. */
    @FunctionalInterface
    interface Work {
        void run() throws Exception;
    }
}

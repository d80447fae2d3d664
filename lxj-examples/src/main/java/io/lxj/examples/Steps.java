package io.lxj.examples;

import java.io.PrintStream;
import java.util.Locale;

/** Runs a program step by step, and prints each step with what it came to and the time that it took. Not thread-safe. */
final class Steps {
    private static final int WIDTH = 100;
    private static final double NANOS_PER_MILLI = 1e6;

    private final PrintStream out;
    private String current = "beginning";

    Steps(PrintStream out) {
        this.out = out;
    }

    /** A step: does its work, and says on the line what it came to. */
    @FunctionalInterface
    interface Step<T, E extends Exception> {
        T run(Line line) throws E;
    }

    <T, E extends Exception> T step(String name, Step<T, E> work) throws E {
        current = name;
        Line line = new Line(out);
        line.print(String.format("%-10s ", name));
        long start = System.nanoTime();
        T result = work.run(line);
        line.end(WIDTH, time(System.nanoTime() - start));
        return result;
    }

    /** The name of the step that runs, or that ran last. */
    String current() {
        return current;
    }

    private static String time(long nanos) {
        return String.format(Locale.ROOT, "%,.1f ms", nanos / NANOS_PER_MILLI);
    }
}

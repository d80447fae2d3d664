package io.lxj.examples;

import java.io.PrintStream;

/** A line of a report that is filled while work goes on, and the lines of detail that follow it. Not thread-safe. */
final class Line {
    private final PrintStream out;
    private final StringBuilder details = new StringBuilder();
    private int columns;

    Line(PrintStream out) {
        this.out = out;
    }

    /** Adds to the line; it is seen at once. */
    void print(String text) {
        out.print(text);
        out.flush();
        columns += text.length();
    }

    /** Adds a line to those that follow when the work is done. */
    void detail(String text) {
        text.lines().forEach(line -> details.append("           ").append(line).append('\n'));
    }

    /** Ends the line with a text at the right. */
    void end(int width, String text) {
        out.println(" ".repeat(Math.max(1, width - columns - text.length())) + text);
        out.print(details);
        out.flush();
    }
}

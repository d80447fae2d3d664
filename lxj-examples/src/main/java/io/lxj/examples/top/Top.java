package io.lxj.examples.top;

import io.lxj.Lxj;
import io.lxj.error.LxjException;
import io.lxj.linux.Pty;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** A live table of what containers use: what {@code bin/top} runs, and what can be called from jshell. */
public final class Top {
    private static final Duration PERIOD = Duration.ofSeconds(1);
    private static final int CTRL_C = 3;
    private static final int CTRL_D = 4;
    private static final int ALL = 1_000_000;
    private static final int WIDE = 200;

    private final PrintStream out;
    private Column sorted = Column.CPU;
    private boolean reversed;

    private Top(PrintStream out) {
        this.out = out;
    }

    /**
     * Shows the containers of a state folder until q or Ctrl-C is hit; prints them once if there is no terminal.
     *
     * @param arguments the folder; the usual one if there is none
     */
    public static void main(String[] arguments) {
        try (Lxj lxj = arguments.length == 0 ? Lxj.open() : Lxj.open(Path.of(arguments[0]))) {
            if (Window.isTerminal(0) && Window.isTerminal(1)) {
                new Top(System.out).run(lxj, true);
            } else {
                System.out.print(table(lxj));
            }
        } catch (LxjException | IOException e) {
            System.err.println("top: " + e.getMessage());
            System.exit(1);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Shows all containers on the terminal until the thread is interrupted, in jshell by Ctrl-C. No key is read, as jshell
     * reads them.
     *
     * @param lxj whose containers
     * @throws IOException if the terminal can't be used
     */
    public static void show(Lxj lxj) throws IOException {
        try {
            new Top(System.out).run(lxj, false);
        } catch (InterruptedException e) {
            // That is how it is ended.
            System.out.flush();
        }
    }

    /**
     * Measures all containers for a second.
     *
     * @param lxj whose containers
     * @return the table, as text
     * @throws InterruptedException if the thread is interrupted
     */
    public static String table(Lxj lxj) throws InterruptedException {
        try (Readings readings = new Readings(lxj, PERIOD)) {
            readings.rows();
            // Until each has been measured twice.
            Thread.sleep(PERIOD.multipliedBy(2).plus(PERIOD.dividedBy(2)).toMillis());
            List<String> lines = new Table(readings.rows(), Column.CPU, false).lines(ALL, WIDE);
            return String.join("\n", lines).replaceAll(" +\n", "\n").stripTrailing() + "\n";
        }
    }

    private void run(Lxj lxj, boolean keys) throws IOException, InterruptedException {
        try (Window window = Window.open(out, keys);
                Readings readings = new Readings(lxj, PERIOD)) {
            OptionalInt key = OptionalInt.empty();
            List<Row> rows = readings.rows();
            while (key.isEmpty() || !isEnd(key.getAsInt())) {
                Pty.Size size = window.size();
                draw(window, rows, size, keys);
                key = window.key(PERIOD, size);
                key.ifPresent(this::react);
                rows = readings.rows();
            }
        }
    }

    private void draw(Window window, List<Row> rows, Pty.Size size, boolean keys) {
        List<String> lines = new ArrayList<>(new Table(rows, sorted, reversed).lines(size.rows(), size.columns()));
        while (lines.size() < size.rows() - 1) {
            lines.add("");
        }
        lines.add(keys ? Table.keys(size.columns()) : "Ctrl-C ends it");
        window.draw(lines);
    }

    private static boolean isEnd(int key) {
        return key == 'q' || key == CTRL_C || key == CTRL_D || key < 0;
    }

    private void react(int key) {
        Optional<Column> chosen = Column.of(key);
        if (chosen.isPresent()) {
            reversed = false;
            sorted = chosen.get();
        } else if (key == 'r') {
            reversed = !reversed;
        }
    }
}

package io.lxj.examples.top;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * Containers as lines of text, as many and as long as there is room for.
 *
 * @param rows the containers
 * @param sorted the column by which they are sorted
 * @param reversed whether what comes last otherwise comes first
 */
record Table(List<Row> rows, Column sorted, boolean reversed) {
    private static final int AROUND = 4;

    /** All lines: a summary, the headings, the containers, and which keys there are. None is longer than the width. */
    List<String> lines(int height, int width) {
        List<Column> columns = columns(width);
        List<String> lines = new ArrayList<>();
        lines.add(cut(summary(), width));
        lines.add("");
        lines.add(cut(columns.stream().map(this::heading).collect(Collectors.joining(" ")), width));
        Comparator<Row> order = reversed ? sorted.order().reversed() : sorted.order();
        int room = Math.max(0, height - AROUND - 1);
        rows.stream()
                .sorted(order)
                .limit(room)
                .map(row -> columns.stream().map(column -> column.text(row)).collect(Collectors.joining("  ")))
                .forEach(line -> lines.add(cut(line, width)));
        if (rows.size() > room) {
            lines.add(cut("... and " + (rows.size() - room) + " more", width));
        }
        return lines;
    }

    static String keys(int width) {
        String sorting = Arrays.stream(Column.values())
                .map(column -> column.key() + " " + column.name().toLowerCase(Locale.ROOT))
                .collect(Collectors.joining("  "));
        return cut("q quit  r reverse  sort by: " + sorting, width);
    }

    /** As many from the left as there is room for, and the one that it is sorted by in any case. */
    private List<Column> columns(int width) {
        List<Column> columns = new ArrayList<>(List.of(Column.values()));
        for (int last = columns.size() - 1; last > 0 && width(columns) > width; last--) {
            if (columns.get(last) != sorted) {
                columns.remove(last);
            }
        }
        return columns;
    }

    private static int width(List<Column> columns) {
        return columns.stream().mapToInt(column -> column.width() + 2).sum() - 2;
    }

    /** With a mark behind the one by which it is sorted. */
    private String heading(Column column) {
        String mark = reversed ? "^" : "v";
        return column.heading() + (column == sorted ? mark : " ");
    }

    private String summary() {
        long running = rows.stream().filter(row -> row.state().isAlive()).count();
        double cpus = rows.stream().mapToDouble(Row::cpus).sum();
        return String.format(
                Locale.ROOT,
                "lxj: %d containers, %d running, %.2f of %d processors",
                rows.size(),
                running,
                cpus,
                Runtime.getRuntime().availableProcessors());
    }

    private static String cut(String line, int width) {
        return line.length() > width ? line.substring(0, width) : line;
    }
}

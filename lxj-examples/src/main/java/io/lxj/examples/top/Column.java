package io.lxj.examples.top;

import io.lxj.config.ByteSize;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/** A column of the table, with the key that sorts by it. In the order in which they are left out where there is no room. */
enum Column {
    NAME('n', "NAME", 16, Comparator.comparing(Row::name), row -> left(row.name(), 16)),
    CPU('c', "CPU", 16, by(Row::cpus), row -> bar(row.cpus() / processors(), 10) + right(decimal(row.cpus()), 6)),
    MEMORY('m', "MEMORY", 22, by(row -> bytes(row.memory())), Column::memory),
    STATE(
            's',
            "STATE",
            9,
            Comparator.comparing(Row::state),
            row -> left(row.state().name().toLowerCase(Locale.ROOT), 9)),
    PRESSURE(
            'p',
            "WAITS cpu/mem/io %",
            18,
            by(Row::worstPressure),
            row -> percent(row, "cpu") + percent(row, "memory") + percent(row, "io")),
    DISK(
            'd',
            " READ/s WRITE/s",
            15,
            by(Row::disk),
            row -> rate(row.rates().map(rates -> rates.read())) + " "
                    + rate(row.rates().map(rates -> rates.written()))),
    NETWORK(
            't',
            "   IN/s   OUT/s",
            15,
            by(Row::network),
            row -> rate(row.rates().map(rates -> rates.received())) + " "
                    + rate(row.rates().map(rates -> rates.sent()))),
    TASKS(
            'k',
            " TASKS",
            6,
            by(Row::processes),
            row -> right(
                    row.stats()
                            .filter(stats -> stats.processes().isPresent())
                            .map(stats -> Long.toString(row.processes()))
                            .orElse("-"),
                    6));

    private static final int FULL = 100;
    private static final int KIBI = 1024;

    private final char key;
    private final String title;
    private final int width;
    private final Comparator<Row> order;
    private final Function<Row, String> text;

    Column(char key, String title, int width, Comparator<Row> order, Function<Row, String> text) {
        this.key = key;
        this.title = title;
        this.width = width;
        this.order = order;
        this.text = text;
    }

    static Optional<Column> of(int key) {
        for (Column column : values()) {
            if (column.key == key) {
                return Optional.of(column);
            }
        }
        return Optional.empty();
    }

    char key() {
        return key;
    }

    int width() {
        return width;
    }

    /** What uses most comes first; names are sorted from A to Z, and so are those that use the same. */
    Comparator<Row> order() {
        return order.thenComparing(Row::name);
    }

    String heading() {
        return left(title, width);
    }

    String text(Row row) {
        return text.apply(row);
    }

    private static <T extends Comparable<T>> Comparator<Row> by(Function<Row, T> value) {
        return Comparator.comparing(value).reversed();
    }

    private static long bytes(Optional<ByteSize> size) {
        return size.map(ByteSize::bytes).orElse(0L);
    }

    private static int processors() {
        return Runtime.getRuntime().availableProcessors();
    }

    private static String memory(Row row) {
        if (row.memory().isEmpty()) {
            return right("-", 22);
        }
        double used = bytes(row.memory());
        String limit = row.memoryLimit().map(size -> "/" + size(size.bytes())).orElse("");
        double share = row.memoryLimit().map(size -> used / size.bytes()).orElse(0.0);
        return bar(share, 10) + right(size(used) + limit, 12);
    }

    private static String percent(Row row, String resource) {
        return right(row.pressure(resource).map(Column::decimal).orElse("-"), 6);
    }

    private static String rate(Optional<Double> bytes) {
        return right(bytes.map(Column::size).orElse("-"), 7);
    }

    private static String bar(double share, int width) {
        int filled = (int) Math.round(Math.max(0, Math.min(1, share)) * width);
        return "|".repeat(filled) + ".".repeat(width - filled);
    }

    private static String decimal(double number) {
        return String.format(Locale.ROOT, number < FULL ? "%.2f" : "%.0f", number);
    }

    /** At most five characters: 1023, 9.8K, 640M. */
    private static String size(double bytes) {
        String units = " KMGTPE";
        double number = bytes;
        int unit = 0;
        while (Math.round(number) >= KIBI && unit < units.length() - 1) {
            number /= KIBI;
            unit++;
        }
        String text = unit > 0 && number < 10
                ? String.format(Locale.ROOT, "%.1f", number)
                : Long.toString(Math.round(number));
        return unit == 0 ? text : text + units.charAt(unit);
    }

    private static String left(String text, int width) {
        return text.length() > width ? text.substring(0, width - 1) + "+" : text + " ".repeat(width - text.length());
    }

    private static String right(String text, int width) {
        return " ".repeat(Math.max(0, width - text.length())) + text;
    }
}

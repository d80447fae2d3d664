package io.lxj.examples.benchmark;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Results as a table and as JSON. */
final class Report {
    private static final List<String> HEADER = List.of("case", "subject", "median ms", "min ms", "runs", "to lxj");

    private Report() {}

    /** A table in Markdown that is aligned for those who read it as it is. */
    static String table(List<Result> results) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(HEADER);
        Result first = null;
        for (Result result : results) {
            boolean begins = first == null || !first.caseName().equals(result.caseName());
            first = begins ? result : first;
            rows.add(List.of(
                    begins ? result.caseName() : "",
                    result.subject(),
                    number(result.median()),
                    number(result.min()),
                    Integer.toString(result.runs()),
                    begins ? "" : String.format(Locale.ROOT, "× %.2f", result.median() / first.median())));
        }
        int[] widths = new int[HEADER.size()];
        rows.forEach(row -> {
            for (int column = 0; column < widths.length; column++) {
                widths[column] = Math.max(widths[column], row.get(column).length());
            }
        });
        StringBuilder table = new StringBuilder();
        for (int row = 0; row < rows.size(); row++) {
            table.append(line(rows.get(row), widths));
            if (row == 0) {
                table.append(separator(widths));
            }
        }
        return table + figures(results);
    }

    private static String line(List<String> cells, int[] widths) {
        StringBuilder line = new StringBuilder("|");
        for (int column = 0; column < widths.length; column++) {
            String padding = " ".repeat(widths[column] - cells.get(column).length());
            line.append(' ')
                    .append(column < 2 ? cells.get(column) + padding : padding + cells.get(column))
                    .append(" |");
        }
        return line.append('\n').toString();
    }

    private static String separator(int[] widths) {
        StringBuilder line = new StringBuilder("|");
        for (int column = 0; column < widths.length; column++) {
            line.append(' ')
                    .append("-".repeat(widths[column] - (column < 2 ? 0 : 1)))
                    .append(column < 2 ? " |" : ": |");
        }
        return line.append('\n').toString();
    }

    private static String figures(List<Result> results) {
        return results.stream()
                .filter(result -> !result.figures().isEmpty())
                .map(result -> "\n" + result.caseName() + ", " + result.subject() + ": "
                        + result.figures().entrySet().stream()
                                .map(figure -> figure.getKey() + " " + number(figure.getValue()))
                                .collect(Collectors.joining(", "))
                        + "\n")
                .collect(Collectors.joining());
    }

    /** A list of objects, in the order in which it was measured. */
    static String json(List<Result> results) {
        return results.stream().map(Report::object).collect(Collectors.joining(",\n", "[\n", "\n]\n"));
    }

    private static String object(Result result) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("case", '"' + result.caseName() + '"');
        fields.put("subject", '"' + result.subject() + '"');
        fields.put("median_ms", rounded(result.median()));
        fields.put("min_ms", rounded(result.min()));
        fields.put("runs", result.runs());
        result.figures()
                .forEach((name, value) -> fields.put(name.replace(' ', '_').toLowerCase(Locale.ROOT), rounded(value)));
        return fields.entrySet().stream()
                .map(field -> '"' + field.getKey() + "\": " + field.getValue())
                .collect(Collectors.joining(", ", "  {", "}"));
    }

    private static double rounded(double value) {
        double precision = 1000;
        return Math.round(value * precision) / precision;
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, value < 100 && value != Math.rint(value) ? "%.2f" : "%.0f", value);
    }
}

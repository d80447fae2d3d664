package io.lxj;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * What a host has of all that lxj uses, at the time it was asked. {@link #toString} is a table for people. Immutable and
 * thread-safe.
 *
 * @param features all features, in a fixed order
 */
public record HostReport(List<HostFeature> features) {
    /**
     * Makes the list unmodifiable.
     *
     * @param features all features
     */
    public HostReport {
        features = List.copyOf(features);
    }

    /**
     * Whether this process can run containers on this host.
     *
     * @return true if nothing that is required is missing
     */
    public boolean isUsable() {
        return features.stream().noneMatch(HostReport::isFatal);
    }

    /**
     * What isn't available: first what is required, then what lxj can do without.
     *
     * @return an unmodifiable list, empty if everything is there
     */
    public List<HostFeature> missing() {
        return features.stream()
                .filter(feature -> !feature.available())
                .sorted(Comparator.comparing(feature -> !feature.required()))
                .toList();
    }

    /**
     * Looks up a feature.
     *
     * @param name of the feature
     * @return the feature, or empty if there is none of that name
     */
    public Optional<HostFeature> feature(String name) {
        return features.stream().filter(feature -> feature.name().equals(name)).findFirst();
    }

    private static boolean isFatal(HostFeature feature) {
        return feature.required() && !feature.available();
    }

    private static String state(HostFeature feature) {
        if (feature.available()) {
            return "yes";
        }
        return feature.required() ? "MISSING" : "no";
    }

    /**
     * A table with a line for each feature; what is required and missing is {@code MISSING}, what is only missing is
     * {@code no}. Below it stands what to do about that.
     */
    @Override
    public String toString() {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("feature", "there", "for", "seen"));
        features.forEach(
                feature -> rows.add(List.of(feature.name(), state(feature), feature.purpose(), feature.detail())));
        StringBuilder text = new StringBuilder();
        append(text, rows);
        List<List<String>> advice = missing().stream()
                .filter(feature -> !feature.advice().isEmpty())
                .map(feature -> List.of(feature.name() + ":", feature.advice()))
                .toList();
        if (!advice.isEmpty()) {
            text.append("\nto get what is missing:\n");
            append(text, advice);
        }
        text.append(isUsable() ? "\nlxj can run containers here\n" : "\nlxj can't run containers here\n");
        return text.toString();
    }

    private static void append(StringBuilder text, List<List<String>> rows) {
        int columns = rows.get(0).size();
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int column = 0; column < columns; column++) {
                line.append(row.get(column));
                line.append(" ".repeat(width(rows, column) + 2 - row.get(column).length()));
            }
            text.append(line.toString().stripTrailing()).append('\n');
        }
    }

    private static int width(List<List<String>> rows, int column) {
        return rows.stream().mapToInt(row -> row.get(column).length()).max().orElse(0);
    }
}

package io.lxj.examples.benchmark;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How long a subject took in a case.
 *
 * @param caseName what was measured
 * @param subject on whom
 * @param median the median in milliseconds
 * @param min the shortest in milliseconds
 * @param runs how many runs that is of
 * @param figures other things than time, by their names
 */
record Result(String caseName, String subject, double median, double min, int runs, Map<String, Double> figures) {
    private static final double NANOS_PER_MILLI = 1e6;

    Result {
        figures = new LinkedHashMap<>(figures);
    }

    static Result of(String caseName, String subject, List<Long> nanos, Map<String, Double> figures) {
        double[] sorted =
                nanos.stream().mapToDouble(time -> time / NANOS_PER_MILLI).toArray();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        double median = sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
        return new Result(caseName, subject, median, sorted[0], sorted.length, figures);
    }
}

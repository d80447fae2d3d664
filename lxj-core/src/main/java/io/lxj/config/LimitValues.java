package io.lxj.config;

import io.lxj.error.InvalidConfigException;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the kernel takes for a value in the files of a cgroup, and what stands for such a value here. */
final class LimitValues {
    static final String MAX = "max";
    /** The kernel's max_bw_runtime_us, which bounds quota and burst together: 2^44 - 1 microseconds. */
    static final long MOST_QUOTA = (1L << 44) - 1;

    private static final Pattern RANGE = Pattern.compile("([0-9]{1,5})(?:-([0-9]{1,5}))?");
    private static final Pattern QUOTA = Pattern.compile("(max|[0-9]{1,15}|[0-9.]+%) ([0-9]{1,7})");
    private static final Pattern NUMBER = Pattern.compile("0|[1-9][0-9]{0,18}");
    private static final BigDecimal MICROS = BigDecimal.valueOf(1_000_000);
    private static final int LONGEST_LIST = 4000;
    private static final int LEAST_QUOTA = 1000;
    private static final int LONGEST_PERIOD = 1_000_000;

    private LimitValues() {}

    static boolean isFlag(String value) {
        return value.equals("0") || value.equals("1");
    }

    static boolean isNumber(String value) {
        // Numbers of 19 digits may still be too large.
        return NUMBER.matcher(value).matches()
                && (value.length() < 19 || value.compareTo(Long.toString(Long.MAX_VALUE)) <= 0);
    }

    static boolean isNumber(String value, long least, long most) {
        return isNumber(value) && Long.parseLong(value) >= least && Long.parseLong(value) <= most;
    }

    static boolean isBytes(String value) {
        return value.equals(MAX) || isNumber(value);
    }

    static boolean isQuota(String value) {
        Matcher matcher = QUOTA.matcher(value);
        if (!matcher.matches()) {
            return false;
        }
        String quota = matcher.group(1);
        boolean good = quota.equals(MAX) || Percent.isPercent(quota) || isNumber(quota, LEAST_QUOTA, MOST_QUOTA);
        return good && isNumber(matcher.group(2), LEAST_QUOTA, LONGEST_PERIOD);
    }

    /** So many processors' time in each period, as cpu.max has it. */
    static String quota(String field, double processors, Duration period) {
        if (!Double.isFinite(processors) || processors <= 0 || processors > 1_000_000) {
            throw new InvalidConfigException(field, processors, "a number of processors above 0, for example 1.5");
        }
        BigDecimal micros = BigDecimal.valueOf(period.getSeconds())
                .multiply(MICROS)
                .add(BigDecimal.valueOf(period.getNano() / 1000));
        long quota = micros.multiply(BigDecimal.valueOf(processors)).longValue();
        return quota + " " + micros.longValue();
    }

    /** A list of numbers and ranges, as in cpuset(7). */
    static boolean isList(String value) {
        return value.length() <= LONGEST_LIST
                && Arrays.stream(value.split(",", -1)).allMatch(LimitValues::isRange);
    }

    private static boolean isRange(String text) {
        Matcher matcher = RANGE.matcher(text);
        return matcher.matches()
                && (matcher.group(2) == null
                        || Integer.parseInt(matcher.group(1)) <= Integer.parseInt(matcher.group(2)));
    }

    /** Some of these keys, at least one, in their order, each with a value: {@code rbps=1 wiops=2}. */
    static boolean isPairs(String value, List<String> keys, Predicate<String> test) {
        int next = 0;
        for (String word : value.split(" ", -1)) {
            int equals = word.indexOf('=');
            int place = equals < 0 ? -1 : keys.indexOf(word.substring(0, equals));
            if (place < next || !test.test(word.substring(equals + 1))) {
                return false;
            }
            next = place + 1;
        }
        return true;
    }
}

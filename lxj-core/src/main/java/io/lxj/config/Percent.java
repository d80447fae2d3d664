package io.lxj.config;

import io.lxj.error.InvalidConfigException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Objects;
import java.util.regex.Pattern;

/**
 * A share of what there is: of the host, or of what its surroundings leave to lxj. How much that is shows when a container
 * starts or is updated. Immutable and thread-safe. The text form is a number and a percent sign, such as {@code 12.5%}.
 *
 * @param value above 0, at most 100, with at most two decimals
 */
public record Percent(BigDecimal value) implements MemoryAmount, Comparable<Percent> {
    private static final BigDecimal MOST = BigDecimal.valueOf(100);
    private static final int DECIMALS = 2;
    private static final String RULE = "a percentage above 0, at most 100, with at most two decimals";
    private static final Pattern FORM = Pattern.compile("[0-9]{1,3}(\\.[0-9]{1,2})?%");

    /**
     * Checks the number.
     *
     * @param value see {@link #value()}
     * @throws InvalidConfigException if it is outside of its range
     */
    public Percent {
        if (!isInRange(Objects.requireNonNull(value, "value"))) {
            throw new InvalidConfigException("percent", value.toPlainString(), RULE);
        }
        BigDecimal stripped = value.stripTrailingZeros();
        value = stripped.scale() < 0 ? stripped.setScale(0) : stripped;
    }

    /**
     * A percentage.
     *
     * @param value above 0, at most 100, with at most two decimals
     * @return the percentage
     * @throws InvalidConfigException if it is outside of its range
     */
    public static Percent of(double value) {
        if (!Double.isFinite(value)) {
            throw new InvalidConfigException("percent", value, RULE);
        }
        return new Percent(BigDecimal.valueOf(value));
    }

    /**
     * The percentage that a text stands for.
     *
     * @param text a number and a percent sign
     * @return the percentage
     * @throws InvalidConfigException if the text isn't one, or is outside of its range
     */
    public static Percent parse(String text) {
        if (!isPercent(Objects.requireNonNull(text, "text"))) {
            throw new InvalidConfigException("percent", text, RULE);
        }
        return new Percent(new BigDecimal(text.substring(0, text.length() - 1)));
    }

    /** Whether a text can be parsed. */
    static boolean isPercent(String text) {
        return FORM.matcher(text).matches() && isInRange(new BigDecimal(text.substring(0, text.length() - 1)));
    }

    private static boolean isInRange(BigDecimal value) {
        return value.signum() > 0
                && value.compareTo(MOST) <= 0
                && value.stripTrailingZeros().scale() <= DECIMALS;
    }

    /**
     * So much of a number.
     *
     * @param whole the number, not negative
     * @return the share, without what is left after the decimal point
     */
    public long share(long whole) {
        return value.multiply(BigDecimal.valueOf(whole))
                .divide(MOST, 0, RoundingMode.DOWN)
                .longValueExact();
    }

    @Override
    public int compareTo(Percent other) {
        return value.compareTo(other.value);
    }

    /** {@return the text form} */
    @Override
    public String toString() {
        return value.toPlainString() + "%";
    }
}

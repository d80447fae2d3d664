package io.lxj.config;

import io.lxj.error.InvalidConfigException;
import java.util.Locale;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A number of bytes. Immutable and thread-safe.
 *
 * <p>Units are powers of 1024. The text form is a whole number and an optional unit: {@code 4096}, {@code 64KiB},
 * {@code 512MiB}, {@code 2GiB}, {@code 1TiB}. When parsing, the unit may be shortened to its letter ({@code 512M}),
 * upper or lower case; decimal units such as {@code MB} are refused, because half of those who write them mean {@code
 * MiB}. {@link #toString()} is exact and parses to an equal size.
 *
 * @param bytes the number of bytes, not negative
 */
public record ByteSize(long bytes) implements MemoryAmount, Comparable<ByteSize> {
    /** No bytes. */
    public static final ByteSize ZERO = new ByteSize(0);

    private static final String UNITS = "KMGTPE";
    private static final int UNIT_BITS = 10;
    private static final Pattern FORM = Pattern.compile("([0-9]{1,19})(?:([KMGTPE])(?:IB)?)?");
    private static final String RULE = "a whole number of bytes from 0 to " + Long.MAX_VALUE
            + ", or one with a unit of KiB, MiB, GiB, TiB, PiB, EiB (or K, M, G, T, P, E)";

    /**
     * Checks the number.
     *
     * @param bytes see {@link #bytes()}
     * @throws InvalidConfigException if the number is negative
     */
    public ByteSize {
        if (bytes < 0) {
            throw new InvalidConfigException("size", bytes, RULE);
        }
    }

    /**
     * A number of bytes.
     *
     * @param count how many
     * @return the size
     * @throws InvalidConfigException if the number is negative
     */
    public static ByteSize bytes(long count) {
        return new ByteSize(count);
    }

    /**
     * A number of kibibytes, 1024 bytes each.
     *
     * @param count how many
     * @return the size
     * @throws InvalidConfigException if the number is negative, or more than 2<sup>63</sup> - 1 bytes
     */
    public static ByteSize kib(long count) {
        return scaled(count, 1);
    }

    /**
     * A number of mebibytes, 1024 kibibytes each.
     *
     * @param count how many
     * @return the size
     * @throws InvalidConfigException if the number is negative, or more than 2<sup>63</sup> - 1 bytes
     */
    public static ByteSize mib(long count) {
        return scaled(count, 2);
    }

    /**
     * A number of gibibytes, 1024 mebibytes each.
     *
     * @param count how many
     * @return the size
     * @throws InvalidConfigException if the number is negative, or more than 2<sup>63</sup> - 1 bytes
     */
    public static ByteSize gib(long count) {
        return scaled(count, 3);
    }

    /**
     * A number of tebibytes, 1024 gibibytes each.
     *
     * @param count how many
     * @return the size
     * @throws InvalidConfigException if the number is negative, or more than 2<sup>63</sup> - 1 bytes
     */
    public static ByteSize tib(long count) {
        return scaled(count, 4);
    }

    /**
     * The size that a text stands for.
     *
     * @param text a size as described above
     * @return the size
     * @throws InvalidConfigException if the text isn't one, or is more than 2<sup>63</sup> - 1 bytes
     */
    public static ByteSize parse(String text) {
        Objects.requireNonNull(text, "text");
        Matcher matcher = FORM.matcher(text.toUpperCase(Locale.ROOT));
        if (!matcher.matches()) {
            throw new InvalidConfigException("size", text, RULE);
        }
        int power = matcher.group(2) == null ? 0 : UNITS.indexOf(matcher.group(2)) + 1;
        try {
            return scaled(Long.parseLong(matcher.group(1)), power);
        } catch (NumberFormatException tooLarge) {
            throw new InvalidConfigException("size", text, RULE);
        }
    }

    private static ByteSize scaled(long count, int power) {
        long unit = 1L << (UNIT_BITS * power);
        if (count > Long.MAX_VALUE / unit) {
            throw new InvalidConfigException("size", print(count, power), RULE);
        }
        return new ByteSize(count * unit);
    }

    private static String print(long count, int power) {
        return power == 0 ? Long.toString(count) : count + UNITS.substring(power - 1, power) + "iB";
    }

    @Override
    public int compareTo(ByteSize other) {
        return Long.compare(bytes, other.bytes);
    }

    /** {@return the size with the largest unit in which it is a whole number, for example {@code 512MiB}} */
    @Override
    public String toString() {
        int power = bytes == 0 ? 0 : Math.min(Long.numberOfTrailingZeros(bytes) / UNIT_BITS, UNITS.length());
        return print(bytes >> (UNIT_BITS * power), power);
    }
}

package io.lxj.image;

import io.lxj.linux.FileName;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.regex.Pattern;

/**
 * A time in a pax header: seconds since 1970, with as many decimal places as the writer liked.
 *
 * @param seconds since 1970, rounded down
 * @param nanos 0 to 999,999,999
 */
record PaxTime(long seconds, int nanos) {
    private static final Pattern TIME = Pattern.compile("-?[0-9]{1,18}(\\.[0-9]{0,40})?");

    static PaxTime parse(String text) throws ArchiveException {
        if (!TIME.matcher(text).matches()) {
            throw new ArchiveException("a pax header has a malformed time " + FileName.quote(FileName.bytes(text)));
        }
        String digits = text.endsWith(".") ? text + "0" : text;
        BigDecimal time = new BigDecimal(digits).setScale(9, RoundingMode.FLOOR);
        BigDecimal seconds = time.setScale(0, RoundingMode.FLOOR);
        return new PaxTime(
                seconds.longValueExact(),
                time.subtract(seconds).movePointRight(9).intValueExact());
    }

    /** The time in the form that {@link #parse} reads. */
    static String format(long seconds, int nanos) {
        BigDecimal time = BigDecimal.valueOf(seconds).add(BigDecimal.valueOf(nanos, 9));
        return nanos == 0 ? Long.toString(seconds) : time.stripTrailingZeros().toPlainString();
    }
}

package io.lxj.error;

/**
 * Makes text from outside safe to print. Names in archives and in containers are chosen by others: a line break in one
 * forges log lines, an escape sequence in one drives the reader's terminal, a bidirectional override hides what it
 * says.
 */
final class Printable {
    private Printable() {}

    /** The text with everything that isn't plainly visible written as a backslash, {@code u} and four hex digits. */
    static String of(String text) {
        StringBuilder out = new StringBuilder(text.length());
        text.codePoints().forEach(point -> append(out, point));
        return out.toString();
    }

    private static void append(StringBuilder out, int point) {
        if (!isInvisible(point)) {
            out.appendCodePoint(point);
            return;
        }
        for (char unit : Character.toChars(point)) {
            out.append(String.format("\\u%04x", (int) unit));
        }
    }

    private static boolean isInvisible(int point) {
        switch (Character.getType(point)) {
            case Character.CONTROL:
            case Character.FORMAT:
            case Character.SURROGATE:
            case Character.LINE_SEPARATOR:
            case Character.PARAGRAPH_SEPARATOR:
                return true;
            default:
                return false;
        }
    }
}

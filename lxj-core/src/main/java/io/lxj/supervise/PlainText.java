package io.lxj.supervise;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Console output as text for logs and messages. What a container writes is meant for a terminal, and may be meant to
 * harm the one that a log is read on: escape sequences, other control characters and characters that change how text
 * is displayed are left out. Bytes that aren't UTF-8 become U+FFFD.
 */
public final class PlainText {
    private static final char ESCAPE = 0x1b;
    private static final char BELL = 0x07;
    // The one-character forms of ESC [, ESC ], ESC P, ESC X, ESC ^, ESC _ and ESC \, see ECMA-48.
    private static final char CSI = 0x9b;
    private static final char STRING_TERMINATOR = 0x9c;
    private static final String STRINGS = "]PX^_";
    private static final String SINGLE_STRINGS = "\u009d\u0090\u0098\u009e\u009f";

    private final int[] points;
    private final StringBuilder out = new StringBuilder();
    private int at;

    private PlainText(byte[] output) {
        points = new String(output, StandardCharsets.UTF_8).codePoints().toArray();
    }

    /**
     * The text without anything that a terminal would act on, but for line ends and tabs. A carriage return begins a new
     * line, so that a progress bar becomes some lines.
     *
     * @param output what was written to a console
     * @return the text, with {@code \n} as the line end
     */
    public static String of(byte[] output) {
        return new PlainText(output).strip();
    }

    /**
     * The last lines of the text, without the empty ones at its end.
     *
     * @param output what was written to a console
     * @param lines how many at most
     * @return the lines, with {@code \n} between them
     */
    public static String lastLines(byte[] output, int lines) {
        List<String> all = new ArrayList<>(of(output).stripTrailing().lines().toList());
        return String.join("\n", all.subList(Math.max(0, all.size() - Math.max(0, lines)), all.size()));
    }

    private String strip() {
        while (at < points.length) {
            int point = points[at++];
            if (point == ESCAPE) {
                skipEscape();
            } else if (point == CSI) {
                skipControlSequence();
            } else if (SINGLE_STRINGS.indexOf(point) >= 0) {
                skipString();
            } else if (point == '\r') {
                carriageReturn();
            } else if (point == '\n' || point == '\t' || isVisible(point)) {
                out.appendCodePoint(point);
            }
        }
        return out.toString();
    }

    /** Terminals get CR LF for a line end, sometimes with more than one CR. */
    private void carriageReturn() {
        while (at < points.length && points[at] == '\r') {
            at++;
        }
        boolean atLineStart = out.length() == 0 || out.charAt(out.length() - 1) == '\n';
        boolean beforeLineEnd = at < points.length && points[at] == '\n';
        if (!beforeLineEnd && !atLineStart && at < points.length) {
            out.append('\n');
        }
    }

    private void skipEscape() {
        if (at == points.length) {
            return;
        }
        int kind = points[at++];
        if (kind == '[') {
            skipControlSequence();
        } else if (STRINGS.indexOf(kind) >= 0) {
            skipString();
        } else if (kind >= 0x20 && kind <= 0x2f) {
            // Intermediate characters and a final one.
            while (at < points.length && points[at] >= 0x20 && points[at] <= 0x2f) {
                at++;
            }
            at = Math.min(points.length, at + 1);
        } else if (kind < 0x20 || kind > 0x7e) {
            // Not a sequence after all.
            at--;
        }
    }

    /** Parameters and intermediate characters, then a final one. */
    private void skipControlSequence() {
        while (at < points.length && points[at] >= 0x20 && points[at] <= 0x3f) {
            at++;
        }
        if (at < points.length && points[at] >= 0x40 && points[at] <= 0x7e) {
            at++;
        }
    }

    /** A string ends with its terminator. One that has none ends with its line: the rest may be worth reading. */
    private void skipString() {
        while (at < points.length) {
            int point = points[at];
            if (point == '\n' || point == '\r') {
                return;
            }
            at++;
            if (point == BELL || point == STRING_TERMINATOR) {
                return;
            }
            if (point == ESCAPE) {
                if (at < points.length && points[at] == '\\') {
                    at++;
                } else {
                    at--;
                }
                return;
            }
        }
    }

    private static boolean isVisible(int point) {
        return switch (Character.getType(point)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            default -> true;
        };
    }
}

package io.lxj.examples;

import io.lxj.config.ImportProgress;
import java.util.function.Consumer;

/**
 * A bar that grows from left to right as an import goes on. It is only ever added to, so that it looks the same on a
 * terminal and in a log. Not thread-safe.
 */
final class ProgressBar implements Consumer<ImportProgress> {
    private static final int WIDTH = 40;

    private final Line line;
    private int shown;

    ProgressBar(Line line) {
        this.line = line;
        line.print("[");
    }

    @Override
    public void accept(ImportProgress progress) {
        // Of a stream nobody knows how long it is: the bar stays empty until its end.
        long total = Math.max(1, progress.bytesTotal().orElse(Long.MAX_VALUE));
        grow((int) (WIDTH * Math.min(1.0, (double) progress.bytesRead().bytes() / total)));
    }

    /** Fills the bar up. */
    void finish() {
        grow(WIDTH);
        line.print("]");
    }

    private void grow(int cells) {
        if (cells > shown) {
            line.print("#".repeat(cells - shown));
            shown = cells;
        }
    }
}

package io.lxj.image;

import io.lxj.config.ByteSize;
import io.lxj.config.ImportProgress;
import io.lxj.linux.FileName;
import java.io.InterruptedIOException;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * What goes on between an import and whoever waits for it: progress one way, cancellation the other. The import stops
 * at the next entry or piece of content after its thread was interrupted or the supplier said so. Used by the thread
 * of the import; the listener is called by it, at most every 50 ms and once at the end.
 */
public final class ImportWatch implements Checkpoint {
    private static final long INTERVAL = TimeUnit.MILLISECONDS.toNanos(50);

    private final Consumer<ImportProgress> listener;
    private final BooleanSupplier canceled;
    private ArchiveInput input;
    private OptionalLong total = OptionalLong.empty();
    private long entries;
    private byte[] current = {};
    private long next = System.nanoTime();

    /**
     * A watch for one import.
     *
     * @param listener hears of progress; what it throws ends the import
     * @param canceled asked again and again whether the import is to stop
     */
    public ImportWatch(Consumer<ImportProgress> listener, BooleanSupplier canceled) {
        this.listener = listener;
        this.canceled = canceled;
    }

    /**
     * A watch that nobody listens to. The import can still be interrupted.
     *
     * @return a new watch
     */
    public static ImportWatch none() {
        return new ImportWatch(progress -> {}, () -> false);
    }

    void begin(ArchiveInput from, OptionalLong size) {
        input = from;
        total = size;
    }

    void entry(TarEntry entry) {
        entries++;
        current = entry.name();
    }

    @Override
    public void check() throws InterruptedIOException {
        if (Thread.currentThread().isInterrupted() || canceled.getAsBoolean()) {
            throw new InterruptedIOException("canceled");
        }
        long now = System.nanoTime();
        if (now - next >= 0) {
            next = now + INTERVAL;
            report();
        }
    }

    /** Tells the listener how far it is. */
    void report() {
        ByteSize read = ByteSize.bytes(input == null ? 0 : input.count());
        listener.accept(new ImportProgress(read, total, entries, FileName.string(current)));
    }
}

package io.lxj.storage;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * What the texts that were read or written last stand for. A file is read anew each time, as another process may have
 * changed it, and that costs some microseconds; parsing it costs some hundred, and mostly it is the same text as before.
 * It is the text that is remembered, not the file: an answer is never out of date. Thread-safe.
 *
 * @param <T> what texts are parsed to, immutable
 */
public final class Parsed<T> {
    private static final int MOST = 1024;

    private final Map<String, T> known = Collections.synchronizedMap(new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, T> eldest) {
            return size() > MOST;
        }
    });

    /**
     * What a text stands for.
     *
     * @param text the text
     * @param parse parses it, if it isn't known; what it throws comes out of this method
     * @return the value
     */
    public T of(String text, Supplier<T> parse) {
        T value = known.get(text);
        return value == null ? remember(text, parse.get()) : value;
    }

    /**
     * Remembers what a text stands for that is about to be written.
     *
     * @param text the text
     * @param value what parsing it would give
     * @return the value
     */
    public T remember(String text, T value) {
        known.put(text, value);
        return value;
    }
}

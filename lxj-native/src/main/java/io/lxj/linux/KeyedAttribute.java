package io.lxj.linux;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * An open attribute of a cgroup that has a name and a number on each line. EPOLLPRI or POLLPRI on {@link #fd} reports
 * each change since it was last read, for those attributes that announce changes. Thread-safe.
 */
public final class KeyedAttribute implements AutoCloseable {
    // Every such file is far below a page, and the kernel gives it in one piece.
    private static final int SIZE = 16 * 1024;
    private static final Duration SLICE = Duration.ofMillis(50);

    private final Fd file;

    KeyedAttribute(Fd file) {
        this.file = file;
    }

    /**
     * The open file, for watching it.
     *
     * @return the fd, which this object still owns
     */
    public Fd fd() {
        return file;
    }

    /**
     * Reads the attribute from its beginning.
     *
     * @return the numbers by name, in the kernel's order
     * @throws LinuxException ENODEV if the cgroup was removed
     */
    public Map<String, Long> read() throws LinuxException {
        Map<String, Long> values = new LinkedHashMap<>();
        try (Scratch scratch = Scratch.open()) {
            Block block = scratch.block(SIZE);
            byte[] bytes = new byte[file.read(block, 0, block.length(), 0)];
            block.buffer().get(0, bytes);
            FileName.string(bytes).lines().forEach(line -> {
                int blank = line.lastIndexOf(' ');
                values.put(line.substring(0, blank), Long.parseUnsignedLong(line.substring(blank + 1)));
            });
        }
        return values;
    }

    /**
     * Reads what is true or false.
     *
     * @param name one of the names
     * @return whether its number is there and not 0
     * @throws LinuxException ENODEV if the cgroup was removed
     */
    public boolean is(String name) throws LinuxException {
        return read().getOrDefault(name, 0L) != 0;
    }

    /** Waits until {@link #is} says that; false if the time is over. ENODEV if the cgroup was removed. */
    boolean await(String name, boolean value, Duration timeout) throws LinuxException {
        long start = System.nanoTime();
        while (is(name) != value) {
            Duration left = timeout.minusNanos(System.nanoTime() - start);
            if (left.isNegative() || left.isZero()) {
                return false;
            }
            // The removal of a cgroup wakes nobody who waits for its events: look now and then.
            Poll.await(file, Poll.POLLPRI, left.compareTo(SLICE) < 0 ? left : SLICE);
        }
        return true;
    }

    @Override
    public void close() {
        file.close();
    }

    @Override
    public String toString() {
        return "attribute " + file;
    }
}

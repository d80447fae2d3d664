package io.lxj.linux;

import java.nio.charset.StandardCharsets;

/**
 * A threshold of pressure that the kernel watches for as long as this is open, see {@code accounting/psi}. EPOLLPRI on
 * {@link #fd} reports that it was exceeded, at most once in each window. Thread-safe.
 */
public final class PressureTrigger implements AutoCloseable {
    private final Fd file;

    private PressureTrigger(Fd file) {
        this.file = file;
    }

    /**
     * Asks for a threshold.
     *
     * @param cgroup whose processes are watched
     * @param resource what they wait for: {@code cpu}, {@code memory}, {@code io}
     * @param full whether all of them have to wait, not only some
     * @param stallMicros for how many microseconds they have to wait
     * @param windowMicros within how many microseconds: 500 ms to 10 s, and without CAP_SYS_RESOURCE whole multiples of 2 s
     * @return the threshold, in force
     * @throws LinuxException EINVAL if the kernel doesn't take the numbers, EOPNOTSUPP if it doesn't measure pressure
     */
    public static PressureTrigger open(
            Cgroup cgroup, String resource, boolean full, long stallMicros, long windowMicros) throws LinuxException {
        Fd file = cgroup.openAttribute(resource + ".pressure", Open.O_RDWR);
        String line = (full ? "full " : "some ") + stallMicros + " " + windowMicros;
        byte[] bytes = line.getBytes(StandardCharsets.US_ASCII);
        try (Scratch scratch = Scratch.open()) {
            Block block = scratch.block(bytes.length);
            block.buffer().put(0, bytes);
            long result = file.call(Syscall.WRITE, block.address(), bytes.length);
            if (result < 0) {
                throw LinuxException.of(
                        result, "write", cgroup.path() + "/" + resource + ".pressure", "\"" + line + "\"");
            }
            return new PressureTrigger(file);
        } catch (LinuxException e) {
            file.close();
            throw e;
        }
    }

    /**
     * The open file, for watching it.
     *
     * @return the fd, which this object still owns
     */
    public Fd fd() {
        return file;
    }

    /** Gives the threshold up. */
    @Override
    public void close() {
        file.close();
    }

    @Override
    public String toString() {
        return "pressure trigger " + file;
    }
}

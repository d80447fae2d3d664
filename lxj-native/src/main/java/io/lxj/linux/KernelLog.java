package io.lxj.linux;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * What the kernel logs from the moment on in which this was opened, see the kernel's {@code ABI/testing/dev-kmsg}.
 * Thread-safe.
 */
public final class KernelLog implements AutoCloseable {
    private static final String FILE = "/dev/kmsg";
    /** The kernel's own limit of a record. */
    private static final int RECORD = 8192;

    private static final int SEEK_END = 2;

    private final Fd file;

    private KernelLog(Fd file) {
        this.file = file;
    }

    /**
     * Opens the log at its end.
     *
     * @return the log
     * @throws LinuxException EPERM or EACCES if this process may not read it, ENOENT in a container
     */
    public static KernelLog open() throws LinuxException {
        Fd file = Fd.open(FileName.bytes(FILE), Open.O_RDONLY | Open.O_NONBLOCK, 0);
        long result = file.call(Syscall.LSEEK, 0, SEEK_END);
        if (result < 0) {
            file.close();
            throw LinuxException.of(result, "lseek", FILE, 0, "SEEK_END");
        }
        return new KernelLog(file);
    }

    /**
     * Takes what has been logged since the last call.
     *
     * @return the messages in order, without what describes a device; those that the kernel has overwritten are lost
     * @throws LinuxException if read(2) fails
     */
    public List<String> read() throws LinuxException {
        List<String> messages = new ArrayList<>();
        try (Scratch scratch = Scratch.open()) {
            Block block = scratch.block(RECORD);
            while (true) {
                long result = file.call(Syscall.READ, block.address(), RECORD);
                if (Errno.EAGAIN.is(result)) {
                    return messages;
                }
                // EPIPE: the next record was overwritten; the one after what is left is read then.
                if (result < 0 && !Errno.EPIPE.is(result) && !Errno.EINTR.is(result)) {
                    throw LinuxException.of(result, "read", FILE, "record", RECORD);
                }
                if (result > 0) {
                    byte[] record = new byte[(int) result];
                    block.buffer().get(0, record);
                    messages.add(message(new String(record, StandardCharsets.UTF_8)));
                }
            }
        }
    }

    /** A record is {@code 6,1234,5678901,-;message}, then lines that begin with a blank. */
    private static String message(String record) {
        int end = record.indexOf('\n');
        return record.substring(record.indexOf(';') + 1, end < 0 ? record.length() : end);
    }

    @Override
    public void close() {
        file.close();
    }

    @Override
    public String toString() {
        return "kernel log " + file;
    }
}

package io.lxj.launch;

import io.lxj.linux.Fd;
import io.lxj.linux.LinuxException;
import io.lxj.linux.Pidfd;
import io.lxj.linux.Scratch;

/** What every launch does with the processes that it made. */
final class Children {
    private Children() {}

    /** Waits for a child that ends by itself. */
    static void reap(int pid) throws LinuxException {
        try (Pidfd process = Pidfd.open(pid)) {
            process.waitFor();
        }
    }

    /**
     * Waits until a report pipe is closed at its other end: that is when the program is executed, or when no process
     * of the launch is left. Nobody ever writes to it.
     */
    static void awaitReport(Fd report) throws LinuxException {
        try (Scratch scratch = Scratch.open()) {
            report.read(scratch.block(8), 0, 1);
        }
    }
}

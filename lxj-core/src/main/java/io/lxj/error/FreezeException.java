package io.lxj.error;

import java.io.Serializable;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Not all processes of a container were suspended in time. It runs on: what was suspended was resumed.
 *
 * @serial exclude
 */
public class FreezeException extends LxjException {
    private static final long serialVersionUID = 1L;
    private static final int MOST_NAMED = 5;

    private final Process[] processes;

    /**
     * A thread that went on, or waited for something in the kernel that no signal interrupts.
     *
     * @param pid the id of its process, as the host sees it
     * @param thread its own id; that of the process for its first thread
     * @param name its name, which it may have chosen itself
     * @param state the letter that proc_pid_stat(5) has for its state: {@code R} or {@code D}
     * @param waitsIn the function of the kernel that it waits in, for example {@code fuse_get_req}; empty if it doesn't wait,
     *     or if this process may not know
     * @serial exclude
     */
    public record Process(long pid, long thread, String name, char state, String waitsIn) implements Serializable {
        /** {@return it in words} */
        @Override
        public String toString() {
            return pid + (thread == pid ? "" : ", thread " + thread) + " (" + name + ") in state " + state
                    + (waitsIn.isEmpty() ? "" : ", in " + waitsIn);
        }
    }

    /**
     * Some processes were not suspended.
     *
     * @param action what was being done, for example {@code freeze web1}
     * @param timeout how long that was tried
     * @param processes those that were seen to hold it up when the time was over
     */
    public FreezeException(String action, Duration timeout, List<Process> processes) {
        super(Failure.of(action, "not all processes stopped within " + timeout.toMillis() + " ms" + named(processes))
                .hint("it was unfrozen again; what is in state D waits for a disk, a network or a server of files, and"
                        + " stops when that has answered"));
        this.processes = processes.toArray(Process[]::new);
    }

    private static String named(List<Process> processes) {
        if (processes.isEmpty()) {
            return "";
        }
        String names =
                processes.stream().limit(MOST_NAMED).map(Process::toString).collect(Collectors.joining("; "));
        int rest = processes.size() - MOST_NAMED;
        return ": " + names + (rest > 0 ? "; and " + rest + " more" : "");
    }

    /**
     * What held it up.
     *
     * @return the threads that were not suspended; empty if they were in that very moment
     */
    public final List<Process> processes() {
        return List.of(processes);
    }
}

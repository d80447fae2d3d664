package io.lxj.lifecycle;

import io.lxj.error.FreezeException;
import io.lxj.linux.Cgroup;
import io.lxj.linux.Directory;
import io.lxj.linux.DirectoryEntry;
import io.lxj.linux.Errno;
import io.lxj.linux.LinuxException;
import io.lxj.linux.Open;
import io.lxj.linux.ProcFs;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Finds out what keeps a cgroup from freezing. The kernel doesn't tell which of its threads are frozen: those sleep in
 * such a way that a signal wakes them (S), or are stopped or traced (T, t), so that what runs (R) or can't be woken (D) is
 * what isn't.
 */
final class Unfrozen {
    private static final String UNFROZEN = "RD";
    /** Whoever waits for a child of vfork(2) is in state D, and counts as frozen. */
    private static final Set<String> VFORK = Set.of("kernel_clone", "wait_for_vfork_done", "_do_fork");

    private final ProcFs proc;

    private Unfrozen(ProcFs proc) {
        this.proc = proc;
    }

    static List<FreezeException.Process> of(ProcFs proc, Cgroup cgroup) throws LinuxException {
        Unfrozen looking = new Unfrozen(proc);
        List<FreezeException.Process> found = new ArrayList<>();
        for (int pid : cgroup.allProcesses()) {
            try {
                looking.look(pid, found);
            } catch (LinuxException e) {
                // It has ended.
                if (!e.is(Errno.ENOENT) && !e.is(Errno.ESRCH)) {
                    throw e;
                }
            }
        }
        return found;
    }

    private void look(int pid, List<FreezeException.Process> found) throws LinuxException {
        List<String> threads = new ArrayList<>();
        try (Directory tasks = new Directory(proc.open(pid + "/task", Open.O_RDONLY | Open.O_DIRECTORY))) {
            for (DirectoryEntry entry : tasks.list()) {
                threads.add(entry.string());
            }
        }
        for (String thread : threads) {
            String folder = pid + "/task/" + thread + "/";
            String stat = text(folder + "stat");
            int end = stat.lastIndexOf(')');
            char state = stat.charAt(end + 2);
            String waitsIn = UNFROZEN.indexOf(state) < 0 ? "" : waitsIn(folder);
            if (UNFROZEN.indexOf(state) >= 0 && !VFORK.contains(waitsIn)) {
                String name = stat.substring(stat.indexOf('(') + 1, end);
                found.add(new FreezeException.Process(pid, Long.parseLong(thread), name, state, waitsIn));
            }
        }
    }

    /** Only who may trace a process is told, see proc_pid_wchan(5); others see 0, as with one that doesn't wait. */
    private String waitsIn(String folder) throws LinuxException {
        try {
            String function = text(folder + "wchan");
            return function.equals("0") ? "" : function;
        } catch (LinuxException e) {
            if (e.is(Errno.EPERM) || e.is(Errno.EACCES)) {
                return "";
            }
            throw e;
        }
    }

    private String text(String path) throws LinuxException {
        return new String(proc.read(path), StandardCharsets.UTF_8).strip();
    }
}

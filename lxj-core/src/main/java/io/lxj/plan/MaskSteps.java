package io.lxj.plan;

import io.lxj.linux.Arg;
import io.lxj.linux.Open;
import io.lxj.linux.ProgramBuilder;
import io.lxj.linux.Syscall;
import java.util.List;

/**
 * Hides the parts of /proc and /sys that tell of the whole host or act on it, in a container whose root is the host's: in
 * a user namespace the kernel denies them itself. What covers them is a file and a folder of /run/host, which the stage has
 * just made, and both are mounted by fd onto files of the kernel's own: nothing of the image takes part, whatever it has at
 * /dev/null (CVE-2025-31133).
 */
final class MaskSteps {
    /** What systemd-nspawn makes inaccessible, and what Docker does that is there with CAP_SYS_ADMIN alone. */
    private static final List<String> PROC_FILES = List.of(
            "kallsyms",
            "kcore",
            "keys",
            "kmsg",
            "kpagecgroup",
            "kpagecount",
            "kpageflags",
            "latency_stats",
            "sched_debug",
            "sysrq-trigger",
            "timer_list",
            "timer_stats");

    /** What both make read-only, and how the processor caches memory. */
    static final List<String> PROC_READ_ONLY = List.of("acpi", "apm", "asound", "fs", "mtrr", "scsi");

    /** The firmware's tables, and meters of power that tell what others calculate (CVE-2020-8694). */
    private static final List<String> SYS_FOLDERS = List.of("firmware", "devices/virtual/powercap");

    private static final String FILE = "inaccessible/reg";
    private static final String FOLDER = "inaccessible/dir";

    private final ProgramBuilder program;
    private final FileSystemSteps steps;
    private final Arg host;

    /** With a mount that has its place: before Linux 6.15 open_tree(2) copies nothing of one that has none. */
    MaskSteps(ProgramBuilder program, Arg host) {
        this.program = program;
        this.host = host;
        this.steps = new FileSystemSteps(program);
    }

    void proc(Arg proc) {
        PROC_FILES.forEach(path -> cover("/proc/", proc, path, FILE));
    }

    void sys(Arg sys) {
        SYS_FOLDERS.forEach(path -> cover("/sys/", sys, path, FOLDER));
    }

    private void cover(String where, Arg fileSystem, String path, String with) {
        // Not every kernel has all of them.
        ProgramBuilder.Label absent = program.label();
        program.step(
                        "look for " + where + path,
                        Syscall.FACCESSAT2,
                        fileSystem,
                        program.string(path),
                        0,
                        Arg.of(Open.AT_SYMLINK_NOFOLLOW, "AT_SYMLINK_NOFOLLOW"))
                .onError(absent);
        // As read-only as /run/host is by now.
        Arg cover = steps.copy("take what covers " + where + path, host, with);
        steps.place("hide " + where + path, cover, fileSystem, path);
        program.place(absent);
    }
}

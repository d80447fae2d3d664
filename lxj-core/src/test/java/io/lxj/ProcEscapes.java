package io.lxj;

import io.lxj.EscapeAttempt.Answers;
import io.lxj.linux.Open;
import io.lxj.linux.Syscall;
import java.util.List;

/** Attempts to get at the host by files of /proc and /sys. */
final class ProcEscapes extends EscapeTopic {
    private static final int MS_REMOUNT = 32;
    private static final int MS_BIND = 4096;

    private ProcEscapes() {}

    static List<EscapeAttempt> all() {
        ProcEscapes all = new ProcEscapes();
        all.procAndSys();
        return all.attempts();
    }

    private void procAndSys() {
        String topic = "/proc and /sys";
        writes(topic, "use the SysRq keys", "/proc/sysrq-trigger");
        writes(topic, "have core dumps piped to a program", "/proc/sys/kernel/core_pattern");
        writes(topic, "set the program that loads modules", "/proc/sys/kernel/modprobe");
        writes(topic, "set the program that hotplug events run", "/proc/sys/kernel/hotplug");
        writes(topic, "set the program that handles foreign binaries", "/proc/sys/fs/binfmt_misc/register");
        writes(topic, "let memory be overcommitted", "/proc/sys/vm/overcommit_memory");
        writes(topic, "reboot the host on a panic", "/proc/sys/kernel/panic");
        writes(topic, "set the hotplug helper", "/sys/kernel/uevent_helper");
        writes(topic, "put the host to sleep", "/sys/power/state");
        writes(topic, "unload firmware variables", "/sys/firmware/efi/vars/del_var");
        writes(topic, "change the affinity of interrupts", "/proc/irq/default_smp_affinity");
        opens(topic, "read the kernel's memory", Answers.ofFile("/proc/kcore"), "/proc/kcore", Open.O_RDONLY);
        opens(topic, "read the kernel's log by a file", Answers.ofFile("/proc/kmsg"), "/proc/kmsg", Open.O_RDONLY);
        opens(
                topic,
                "read the pages of processes",
                Answers.ofFile("/proc/kpageflags"),
                "/proc/kpageflags",
                Open.O_RDONLY);
        reads(
                topic,
                "read the addresses of the kernel's functions",
                "/proc/kallsyms",
                text -> text.isEmpty() || text.startsWith("0000000000000000 "));
        harmless(topic, "make /proc/sys writable again, and set core_pattern", Answers.of("EACCES"), program -> {
            program.step("remount", Syscall.MOUNT, 0, program.string("/proc/sys"), 0, MS_REMOUNT | MS_BIND, 0)
                    .mayFail();
            program.step("uncover", Syscall.UMOUNT2, program.string("/proc/sys"), 2)
                    .mayFail();
            write(program, "/proc/sys/kernel/core_pattern");
        });
        add(topic, "mount another procfs, and use the SysRq keys", Answers.ofFile("/proc/sysrq-trigger"), program -> {
            program.step(
                    "mount",
                    Syscall.MOUNT,
                    program.string("proc"),
                    program.string("/mnt"),
                    program.string("proc"),
                    0,
                    0);
            write(program, "/mnt/sysrq-trigger");
        });
        for (String type : List.of("debugfs", "tracefs", "securityfs", "pstore", "configfs", "efivarfs", "selinuxfs")) {
            mount(topic, type);
        }
    }
}

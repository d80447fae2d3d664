package io.lxj;

import io.lxj.EscapeAttempt.Answers;
import io.lxj.linux.Arg;
import io.lxj.linux.Directory;
import io.lxj.linux.Open;
import io.lxj.linux.Stat;
import io.lxj.linux.Syscall;
import java.util.List;

/** Attempts to get at the devices of the host. */
final class DeviceEscapes extends EscapeTopic {
    private DeviceEscapes() {}

    static List<EscapeAttempt> on(EscapeAttempts.Host host) {
        DeviceEscapes all = new DeviceEscapes();
        all.devices(host);
        return all.attempts();
    }

    private void devices(EscapeAttempts.Host host) {
        String topic = "devices";
        node(topic, "make a node of the host's disk, and read it", Stat.S_IFBLK, host.disk());
        node(topic, "make a node of the kernel's memory, and read it", Stat.S_IFCHR, Directory.device(1, 1));
        node(topic, "make a node of the I/O ports, and read it", Stat.S_IFCHR, Directory.device(1, 4));
        node(topic, "make a node of the kernel's log, and read it", Stat.S_IFCHR, Directory.device(1, 11));
        node(topic, "make a node of the loop devices' control, and open it", Stat.S_IFCHR, Directory.device(10, 237));
        node(topic, "make a node of FUSE's device, and open it", Stat.S_IFCHR, Directory.device(10, 229));
        // None has them: /dev is the container's own.
        Answers none = Answers.of("ENOENT");
        opens(topic, "open the loop devices' control", none, "/dev/loop-control", Open.O_RDWR);
        opens(topic, "open the kernel's log", none, "/dev/kmsg", Open.O_RDONLY);
        opens(topic, "open the kernel's memory", none, "/dev/mem", Open.O_RDWR);
        opens(topic, "open the virtual machine monitor", none, "/dev/kvm", Open.O_RDWR);
        for (String type : List.of("ext4", "xfs", "btrfs", "vfat", "squashfs", "9p", "nfs")) {
            mount(topic, type);
        }
    }

    private void node(String topic, String what, int type, long device) {
        harmless(topic, what, Answers.of("EPERM"), program -> {
            program.step("leave no node", Syscall.UNLINKAT, CWD, program.string("/node"), 0)
                    .mayFail();
            program.step("make", Syscall.MKNODAT, CWD, program.string("/node"), type | 0666, device);
            Arg node = program.step("open", Syscall.OPENAT, CWD, program.string("/node"), Open.O_RDONLY, 0)
                    .result();
            program.step("read", Syscall.READ, node, program.space(512, "sector"), 512);
        });
    }
}

package io.lxj.linux;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The part of bpf(2) that loads device programs and attaches them to cgroups. Field offsets are those of union bpf_attr. */
final class BpfDevices {
    private static final int BPF_PROG_LOAD = 5;
    private static final int BPF_PROG_ATTACH = 8;
    private static final int BPF_PROG_GET_FD_BY_ID = 13;
    private static final int BPF_OBJ_GET_INFO_BY_FD = 15;
    private static final int BPF_PROG_QUERY = 16;
    private static final int BPF_PROG_TYPE_CGROUP_DEVICE = 15;
    private static final int BPF_CGROUP_DEVICE = 6;
    private static final int BPF_F_ALLOW_MULTI = 2;
    private static final int BPF_F_REPLACE = 4;

    private static final int ATTRIBUTE_SIZE = 128;
    private static final int INFO_SIZE = 256;
    private static final int INFO_NAME = 64;
    private static final int MAX_PROGRAMS = 64; // BPF_CGROUP_MAX_PROGS
    private static final int LOG_SIZE = 64 * 1024;
    private static final int LOG_SHOWN = 2000;
    private static final byte[] NAME = FileName.bytes("lxj_devices");

    private BpfDevices() {}

    static Fd load(List<BpfInstruction> program) throws LinuxException {
        long result = load(program, null);
        if (result >= 0) {
            return new Fd((int) result);
        }
        LinuxException failure = LinuxException.of(
                result, "bpf", "BPF_PROG_LOAD", "BPF_PROG_TYPE_CGROUP_DEVICE", program.size() + " instructions");
        if (failure.is(Errno.EPERM)) {
            throw failure.withHint(
                    "loading a device filter needs CAP_BPF and CAP_NET_ADMIN, or CAP_SYS_ADMIN, in the first user namespace;"
                            + " if this process has them, " + SecurityModules.advice());
        }
        Block log = Block.allocate(LOG_SIZE);
        result = load(program, log);
        if (result >= 0) {
            return new Fd((int) result);
        }
        throw failure.withHint("the kernel's verifier says: " + text(log));
    }

    // prog_type 0, insn_cnt 4, insns 8, license 16, log_level 24, log_size 28, log_buf 32, prog_name 48.
    private static long load(List<BpfInstruction> program, Block log) {
        try (Scratch scratch = Scratch.open()) {
            Block code = scratch.block(program.size() * BpfInstruction.SIZE);
            for (int i = 0; i < program.size(); i++) {
                program.get(i).put(code.buffer(), i * BpfInstruction.SIZE);
            }
            Block attributes = scratch.zeroed(ATTRIBUTE_SIZE);
            attributes
                    .buffer()
                    .putInt(0, BPF_PROG_TYPE_CGROUP_DEVICE)
                    .putInt(4, program.size())
                    .putLong(8, code.address())
                    .putLong(16, scratch.string("Apache-2.0"))
                    .put(48, NAME);
            if (log != null) {
                attributes.buffer().putInt(24, 1).putInt(28, log.length()).putLong(32, log.address());
            }
            return Kernel.call(Syscall.BPF, BPF_PROG_LOAD, attributes.address(), ATTRIBUTE_SIZE);
        }
    }

    private static String text(Block log) {
        int end = 0;
        while (end < log.length() && log.buffer().get(end) != 0) {
            end++;
        }
        int start = Math.max(0, end - LOG_SHOWN);
        byte[] bytes = new byte[end - start];
        log.buffer().get(start, bytes);
        return FileName.string(bytes).strip();
    }

    // target_fd 0, attach_bpf_fd 4, attach_type 8, attach_flags 12, replace_bpf_fd 16.
    static void attach(Fd program, Cgroup cgroup) throws LinuxException {
        try (Fd old = ours(cgroup);
                Scratch scratch = Scratch.open()) {
            Block attributes = scratch.zeroed(ATTRIBUTE_SIZE);
            int flags = BPF_F_ALLOW_MULTI | (old == null ? 0 : BPF_F_REPLACE);
            attributes
                    .buffer()
                    .putInt(0, cgroup.fd().number())
                    .putInt(4, program.number())
                    .putInt(8, BPF_CGROUP_DEVICE)
                    .putInt(12, flags)
                    .putInt(16, old == null ? 0 : old.number());
            long result = Kernel.call(Syscall.BPF, BPF_PROG_ATTACH, attributes.address(), ATTRIBUTE_SIZE);
            if (result < 0) {
                throw LinuxException.of(
                        result,
                        "bpf",
                        "BPF_PROG_ATTACH",
                        cgroup.path(),
                        "BPF_CGROUP_DEVICE",
                        old == null ? "BPF_F_ALLOW_MULTI" : "BPF_F_ALLOW_MULTI|BPF_F_REPLACE");
            }
        }
    }

    /** The program of this class that is attached to the cgroup; null if there is none. */
    private static Fd ours(Cgroup cgroup) throws LinuxException {
        for (int id : attached(cgroup)) {
            Fd program = open(id);
            if (program != null && isOurs(program)) {
                return program;
            }
            if (program != null) {
                program.close();
            }
        }
        return null;
    }

    // target_fd 0, attach_type 4, query_flags 8, attach_flags 12, prog_ids 16, prog_cnt 24.
    private static List<Integer> attached(Cgroup cgroup) throws LinuxException {
        try (Scratch scratch = Scratch.open()) {
            Block ids = scratch.zeroed(MAX_PROGRAMS * 4);
            Block attributes = scratch.zeroed(ATTRIBUTE_SIZE);
            attributes
                    .buffer()
                    .putInt(0, cgroup.fd().number())
                    .putInt(4, BPF_CGROUP_DEVICE)
                    .putLong(16, ids.address())
                    .putInt(24, MAX_PROGRAMS);
            long result = Kernel.call(Syscall.BPF, BPF_PROG_QUERY, attributes.address(), ATTRIBUTE_SIZE);
            if (result < 0) {
                throw LinuxException.of(result, "bpf", "BPF_PROG_QUERY", cgroup.path(), "BPF_CGROUP_DEVICE");
            }
            List<Integer> found = new ArrayList<>();
            for (int i = 0; i < attributes.buffer().getInt(24); i++) {
                found.add(ids.buffer().getInt(i * 4));
            }
            return found;
        }
    }

    private static Fd open(int id) throws LinuxException {
        try (Scratch scratch = Scratch.open()) {
            Block attributes = scratch.zeroed(ATTRIBUTE_SIZE);
            attributes.buffer().putInt(0, id);
            long result = Kernel.call(Syscall.BPF, BPF_PROG_GET_FD_BY_ID, attributes.address(), ATTRIBUTE_SIZE);
            if (Errno.ENOENT.is(result)) {
                return null;
            }
            if (result < 0) {
                throw LinuxException.of(result, "bpf", "BPF_PROG_GET_FD_BY_ID", id);
            }
            return new Fd((int) result);
        }
    }

    // bpf_fd 0, info_len 4, info 8; the name is at 64 in struct bpf_prog_info.
    private static boolean isOurs(Fd program) throws LinuxException {
        try (Scratch scratch = Scratch.open()) {
            Block info = scratch.zeroed(INFO_SIZE);
            Block attributes = scratch.zeroed(ATTRIBUTE_SIZE);
            attributes.buffer().putInt(0, program.number()).putInt(4, INFO_SIZE).putLong(8, info.address());
            long result = Kernel.call(Syscall.BPF, BPF_OBJ_GET_INFO_BY_FD, attributes.address(), ATTRIBUTE_SIZE);
            if (result < 0) {
                throw LinuxException.of(result, "bpf", "BPF_OBJ_GET_INFO_BY_FD", program);
            }
            byte[] name = new byte[NAME.length + 1];
            info.buffer().get(INFO_NAME, name);
            return Arrays.equals(name, Arrays.copyOf(NAME, name.length));
        }
    }
}

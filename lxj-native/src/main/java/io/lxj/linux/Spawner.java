package io.lxj.linux;

import io.lxj.linux.jna.Libc;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/**
 * Starts processes that run a {@link SyscallProgram}, by posix_spawn(3) of the {@link Stage}. The C library does that
 * with vfork semantics: no page table is copied and the cost doesn't grow with the heap of this JVM. The new process
 * has default signal dispositions, an empty signal mask and no environment. Thread-safe.
 *
 * <p>A parent-death signal that the program asks for (PR_SET_PDEATHSIG) is sent when the thread that spawned it ends:
 * such a program has to be spawned by a thread that lives as long as it should.
 */
public final class Spawner {
    // Larger than posix_spawn_file_actions_t (80) and posix_spawnattr_t (336) of any C library.
    private static final int STRUCT_SIZE = 512;
    private static final int SIGSET_SIZE = 128;
    private static final short POSIX_SPAWN_SETSIGDEF = 0x04;
    private static final short POSIX_SPAWN_SETSIGMASK = 0x08;
    private static final int ATTEMPTS = 100;
    private static final long PAUSE_NANOS = 1_000_000;

    /** The same for every process: nothing changes them any more. */
    private static final Block ATTRIBUTES = attributes();

    private Spawner() {}

    /**
     * Starts a process.
     *
     * @param program what it does
     * @param fds the fds that the program names
     * @return the process and its memory
     * @throws LinuxException if the memory or the process can't be made
     * @throws IllegalArgumentException if an fd of the program is missing
     */
    public static Spawned spawn(SyscallProgram program, Map<String, Fd> fds) throws LinuxException {
        // Another thread may close one of them: a number that is used again by then must not get into the process.
        List<Fd> held = new ArrayList<>();
        try {
            for (Fd fd : named(program, fds)) {
                fd.acquire();
                held.add(fd);
            }
            return spawn(program, held.stream().mapToInt(Fd::number).toArray());
        } finally {
            held.forEach(Fd::release);
        }
    }

    /** The fds of a program in the order of their numbers. */
    static List<Fd> named(SyscallProgram program, Map<String, Fd> fds) {
        List<Fd> named = new ArrayList<>(program.fds().size());
        for (String name : program.fds()) {
            Fd fd = fds.get(name);
            if (fd == null) {
                throw new IllegalArgumentException("the program needs an fd named " + name);
            }
            named.add(fd);
        }
        return named;
    }

    private static Spawned spawn(SyscallProgram program, int[] numbers) throws LinuxException {
        Fd plan = Memfd.create("lxj-plan");
        try {
            write(program, plan);
            return new Spawned(program, plan, StartedProcess.of(start(plan.number(), numbers)));
        } catch (LinuxException | RuntimeException | Error e) {
            plan.close();
            throw e;
        }
    }

    private static void write(SyscallProgram program, Fd plan) throws LinuxException {
        try (Scratch scratch = Scratch.open()) {
            Block first = scratch.block(8);
            first.buffer().putLong(0, SyscallProgram.address(0));
            write(plan, first.address(), 8, 0);
            writeSteps(program, 0, 0, plan);
        }
    }

    /**
     * Writes a program to where the stage finds it; not where it begins.
     *
     * @param steps how many steps are there already
     * @param data how much of the data is there already
     */
    static void writeSteps(SyscallProgram program, int steps, int data, Fd plan) throws LinuxException {
        try (Scratch scratch = Scratch.open()) {
            int code = (program.steps().size() - steps) * SyscallProgram.STEP_SIZE;
            int rest = program.dataLength() - data;
            Block block = scratch.block(Math.max(code, rest));
            program.copySteps(steps, Architecture.current(), block.buffer());
            write(plan, block.address(), code, SyscallProgram.FIRST_STEP + steps * SyscallProgram.STEP_SIZE);
            program.copyData(data, block.buffer());
            write(plan, block.address(), rest, SyscallProgram.DATA + data);
        }
    }

    /** Writes a part of the memory that the stage maps. */
    static void write(Fd plan, long part, int length, int at) throws LinuxException {
        long written = plan.call(Syscall.PWRITE64, part, length, at);
        if (written >= 0 && written < length) {
            throw LinuxException.of(-Errno.EFBIG.number(), "pwrite64", plan, "part of the plan", length, at);
        }
        if (written != length) {
            throw LinuxException.of(written, "pwrite64", plan, "part of the plan", length, at);
        }
    }

    /** Starts the stage with a plan as fd 0 and others from {@link SyscallProgram#FIRST_FD} on. */
    static int start(int plan, int[] numbers) throws LinuxException {
        try (Fd stage = StageFile.open()) {
            return spawn(stage.number(), plan, numbers);
        } catch (LinuxException e) {
            if (!e.is(Errno.EACCES) && !e.is(Errno.ETXTBSY)) {
                throw e;
            }
        }
        // Root of a container that has executed it may take its permissions away, or hold it open as if to write.
        StageFile.renew();
        try (Fd stage = StageFile.open()) {
            return spawn(stage.number(), plan, numbers);
        }
    }

    private static int spawn(int stage, int plan, int[] numbers) throws LinuxException {
        FdPlacement placement = FdPlacement.of(stage, plan, numbers);
        String path = "/proc/self/fd/" + placement.executable();
        try (Scratch scratch = Scratch.open()) {
            long actions = scratch.block(STRUCT_SIZE).address();
            Libc.posix_spawn_file_actions_init(actions);
            try {
                placement
                        .moves()
                        .forEach(move -> Libc.posix_spawn_file_actions_adddup2(actions, move.from(), move.to()));
                long attributes = ATTRIBUTES.address();
                long none = scratch.zeroed(8).address();
                Block argv = scratch.block(16);
                argv.buffer()
                        .putLong(0, scratch.string("lxj".getBytes(StandardCharsets.US_ASCII)))
                        .putLong(8, 0);
                Block pid = scratch.zeroed(8);
                long file = scratch.string(path);
                int error = Libc.posix_spawn(pid.address(), file, actions, attributes, argv.address(), none);
                for (int attempt = 1; error == Errno.ETXTBSY.number() && attempt < ATTEMPTS; attempt++) {
                    // A process that another thread forks just now still has the fd with which the stage was written.
                    LockSupport.parkNanos(PAUSE_NANOS);
                    error = Libc.posix_spawn(pid.address(), file, actions, attributes, argv.address(), none);
                }
                if (error != 0) {
                    throw LinuxException.of(-error, "posix_spawn", path);
                }
                return pid.buffer().getInt(0);
            } finally {
                Libc.posix_spawn_file_actions_destroy(actions);
            }
        }
    }

    /** Default signal dispositions and an empty signal mask. */
    private static Block attributes() {
        Block attributes = Block.allocate(STRUCT_SIZE);
        Libc.posix_spawnattr_init(attributes.address());
        try (Scratch scratch = Scratch.open()) {
            Block all = scratch.block(SIGSET_SIZE);
            for (int i = 0; i < SIGSET_SIZE; i++) {
                all.buffer().put(i, (byte) 0xFF);
            }
            Libc.posix_spawnattr_setsigdefault(attributes.address(), all.address());
            long none = scratch.zeroed(SIGSET_SIZE).address();
            Libc.posix_spawnattr_setsigmask(attributes.address(), none);
        }
        short flags = POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK;
        Libc.posix_spawnattr_setflags(attributes.address(), flags);
        return attributes;
    }
}

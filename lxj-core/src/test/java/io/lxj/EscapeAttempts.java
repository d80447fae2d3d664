package io.lxj;

import io.lxj.EscapeAttempt.Answers;
import io.lxj.linux.Arg;
import io.lxj.linux.ProgramBuilder;
import io.lxj.linux.Syscall;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * What published lists of container escapes try, and what is the host's to lose. Every attempt is harmless to the host if
 * it should succeed. Immutable and thread-safe.
 */
final class EscapeAttempts {
    /**
     * Things of the host to go for.
     *
     * @param pid a process, as the host counts
     * @param neighbour the init of another container, as the host counts
     * @param disk number of the disk that the host's root is on
     * @param file a file
     * @param socket a Unix socket that somebody listens on
     * @param abstractSocket the name of an abstract Unix socket that somebody listens on
     * @param key the name of a key in the keyring of the host's root
     * @param sharedMemory the key of a shared memory segment that everybody may attach
     * @param neighbourCgroup the control group of the other container's init, as the host sees it
     * @param neighbourKey the name of a key in the keyring of the other container's root
     * @param neighbourSharedMemory the key of such a segment in the other container
     */
    record Host(
            long pid,
            long neighbour,
            long disk,
            String file,
            String socket,
            String abstractSocket,
            String key,
            int sharedMemory,
            String neighbourCgroup,
            String neighbourKey,
            int neighbourSharedMemory) {}

    private EscapeAttempts() {}

    static List<EscapeAttempt> on(Host host) {
        return Stream.of(
                        DeviceEscapes.on(host),
                        KernelEscapes.all(),
                        ProcEscapes.all(),
                        FileEscapes.on(host),
                        ProcessEscapes.on(host),
                        LimitEscapes.all())
                .flatMap(List::stream)
                .toList();
    }

    /** What the other container has to lose; its own root gets at that. */
    static List<EscapeAttempt> ofTheNeighbour(Host host) {
        return List.of(
                own("make a key and shared memory", program -> {
                    Arg type = program.string("user");
                    program.step("make", Syscall.ADD_KEY, type, program.string(host.neighbourKey()), type, 4, -4);
                    // IPC_CREAT
                    program.step("make", Syscall.SHMGET, host.neighbourSharedMemory(), 4096, 01666);
                }),
                own("use the key", program -> ProcessEscapes.searchKey(program, host.neighbourKey())),
                own("attach the memory", program -> ProcessEscapes.attach(program, host.neighbourSharedMemory())));
    }

    private static EscapeAttempt own(String what, Consumer<ProgramBuilder> steps) {
        return EscapeAttempt.of("its own", what, Answers.of(EscapeOutcome.SUCCEEDED), false, steps);
    }

    /** One that ends all processes of the container that it is tried in, and nothing else. */
    static EscapeAttempt restart() {
        return EscapeAttempt.of(
                "kernel",
                "restart the machine",
                Answers.of(EscapeOutcome.KILLED),
                false,
                // LINUX_REBOOT_CMD_RESTART
                program -> program.step("restart", Syscall.REBOOT, 0xfee1deadL, 672274793, 0x1234567, 0));
    }
}

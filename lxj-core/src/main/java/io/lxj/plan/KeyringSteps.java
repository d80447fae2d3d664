package io.lxj.plan;

import io.lxj.linux.Arg;
import io.lxj.linux.Keyctl;
import io.lxj.linux.ProgramBuilder;
import io.lxj.linux.ProgramBuilder.Label;
import io.lxj.linux.Syscall;

/**
 * Gives what is launched a session keyring of its own: keys of the JVM's session are none of the container's business. The
 * kernel counts a keyring for the user who makes it, see keyrings(7). It is made as the user of the JVM, whose number of
 * keys containers with other ids can't use up; and where an ordinary user has too many, which are usually 200, as root of
 * the container, who has as many again.
 */
final class KeyringSteps {
    /** Keys of a process count for some time after its end. */
    private static final int[] PAUSES = {20, 100, 500};

    private final ProgramBuilder program;
    private final boolean deputized;
    private Arg made;

    KeyringSteps(ProgramBuilder program, ProcessSpec process) {
        this.program = program;
        this.deputized = process.deputized().isPresent();
    }

    /** As the user of the JVM. */
    void leaveKeys() {
        if (deputized) {
            made = join().mayFail().result();
        } else {
            leave();
        }
    }

    /** As root of the container, if it could not be done before. */
    void leaveKeysAsRoot() {
        if (deputized) {
            Label left = program.label();
            // An error that was returned names no keyring.
            program.step(
                            "see whether there is a keyring",
                            Syscall.KEYCTL,
                            Arg.of(Keyctl.KEYCTL_DESCRIBE, "KEYCTL_DESCRIBE"),
                            made,
                            0,
                            0)
                    .onPositive(left)
                    .mayFail();
            leave();
            program.place(left);
        }
    }

    /**
     * Where there is no such call, or it is denied to the JVM, the container can't make it either: one that does nothing and
     * can't fail otherwise tells.
     */
    private void leave() {
        Label left = program.label();
        program.step(
                        "see whether there are keys",
                        Syscall.KEYCTL,
                        Arg.of(Keyctl.KEYCTL_CAPABILITIES, "KEYCTL_CAPABILITIES"),
                        0,
                        0)
                .onError(left);
        for (int milliseconds : PAUSES) {
            Label full = program.label();
            join().onError(full).onPositive(left);
            program.place(full);
            Arg time = program.words("{" + milliseconds + " ms}", 0, milliseconds * 1_000_000L);
            program.step("give the kernel time to free those of ended processes", Syscall.NANOSLEEP, time, 0)
                    .mayFail();
        }
        join();
        program.place(left);
    }

    private ProgramBuilder.Added join() {
        return program.step(
                "leave the JVM's keys",
                Syscall.KEYCTL,
                Arg.of(Keyctl.KEYCTL_JOIN_SESSION_KEYRING, "KEYCTL_JOIN_SESSION_KEYRING"),
                0);
    }
}

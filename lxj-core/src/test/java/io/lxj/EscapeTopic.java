package io.lxj;

import io.lxj.EscapeAttempt.Answers;
import io.lxj.linux.Arg;
import io.lxj.linux.Open;
import io.lxj.linux.ProgramBuilder;
import io.lxj.linux.Syscall;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** Attempts of a kind, and what several of them have in common. Not thread-safe. */
abstract class EscapeTopic {
    static final Arg CWD = Arg.of(Open.AT_FDCWD, "AT_FDCWD");

    private final List<EscapeAttempt> attempts = new ArrayList<>();

    List<EscapeAttempt> attempts() {
        return List.copyOf(attempts);
    }

    void add(EscapeAttempt attempt) {
        attempts.add(attempt);
    }

    void add(String topic, String what, Answers answers, Consumer<ProgramBuilder> steps) {
        add(topic, what, answers, false, steps);
    }

    /** One that does no harm where it is allowed, and is answered otherwise to who has the right to do it. */
    void harmless(String topic, String what, Answers answers, Consumer<ProgramBuilder> steps) {
        add(topic, what, answers, true, steps);
    }

    void add(String topic, String what, Answers answers, boolean harmless, Consumer<ProgramBuilder> steps) {
        add(EscapeAttempt.of(topic, what, answers, harmless, steps));
    }

    /** Whether it may is decided before what is to be mounted is looked at: that would be answered otherwise. */
    void mount(String topic, String type) {
        harmless(
                topic,
                "mount a file system of type " + type,
                Answers.ofFileSystem(type),
                program -> program.step(
                        "mount",
                        Syscall.MOUNT,
                        program.string("/dev/null"),
                        program.string("/mnt"),
                        program.string(type),
                        0,
                        program.string("")));
    }

    void writes(String topic, String what, String path) {
        add(topic, what, Answers.ofFile(path), program -> write(program, path));
    }

    /** Opened only: that is where the decision falls, and nothing happens to the host. */
    static void write(ProgramBuilder program, String path) {
        program.step("open", Syscall.OPENAT, CWD, program.string(path), Open.O_WRONLY, 0);
    }

    void opens(String topic, String what, Answers answers, String path, int flags) {
        add(topic, what, answers, program -> {
            Arg file = program.step("open", Syscall.OPENAT, CWD, program.string(path), flags, 0)
                    .result();
            program.step("use", Syscall.READ, file, program.space(16, "bytes"), 16);
        });
    }

    void reads(String topic, String what, String path, Predicate<String> worthless) {
        add(EscapeAttempt.of(
                topic,
                what,
                program -> {
                    Arg file = program.step("open", Syscall.OPENAT, CWD, program.string(path), Open.O_RDONLY, 0)
                            .result();
                    Arg loot = program.space(EscapeAttempt.LOOT, "loot");
                    program.step("read", Syscall.READ, file, loot, EscapeAttempt.LOOT);
                    return loot;
                },
                worthless,
                Answers.of(EscapeOutcome.WORTHLESS),
                false));
    }
}

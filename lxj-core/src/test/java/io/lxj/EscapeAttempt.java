package io.lxj;

import static org.assertj.core.api.Assertions.assertThat;

import io.lxj.config.Command;
import io.lxj.config.TerminalSize;
import io.lxj.linux.Architecture;
import io.lxj.linux.Arg;
import io.lxj.linux.ProgramBuilder;
import io.lxj.linux.Stage;
import io.lxj.linux.Syscall;
import io.lxj.linux.SyscallProgram;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Something that a program in a container tries to get out or at what is the host's: a list of system calls, made by a
 * static program of some hundred bytes, that ends at the first one which is refused. Immutable and thread-safe.
 *
 * @param topic what it is about
 * @param what what is tried
 * @param program the calls
 * @param loot where what was read lies in the program's memory, for an attempt that may read what is worth nothing
 * @param worthless tells whether what was read is worth nothing
 * @param answers how it is to end
 * @param harmless whether it does no harm where it is allowed, and then ends in another way
 */
record EscapeAttempt(
        String topic,
        String what,
        SyscallProgram program,
        Arg loot,
        Predicate<String> worthless,
        Answers answers,
        boolean harmless) {
    private static final String SCRIPT = "exec /attempt 0<>/attempt.plan";
    private static final TerminalSize SIZE = new TerminalSize(24, 80);
    private static final int RESULT = 64;
    private static final int STEP = 96;
    private static final int FIRST_STEP = 64;
    static final int LOOT = 256;

    /**
     * How an attempt may end: errors by name, or what else may become of it.
     *
     * @param here on this host
     * @param anywhere on any host
     */
    record Answers(Set<String> here, Set<String> anywhere) {
        /** The same everywhere, or one of several for reasons that can't be seen from outside. */
        static Answers of(String... answers) {
            return new Answers(Set.of(answers), Set.of(answers));
        }

        /** A file of the kernel's that belongs to the host's root; not every kernel has it. */
        static Answers ofFile(String path) {
            return new Answers(Set.of(Files.exists(Path.of(path)) ? "EACCES" : "ENOENT"), Set.of("EACCES", "ENOENT"));
        }

        /** A file system that only the host's root may mount; a kernel that lacks it may find it in a module. */
        static Answers ofFileSystem(String type) {
            Set<String> anywhere = Set.of("EPERM", "ENODEV");
            try (Stream<String> known = Files.lines(Path.of("/proc/filesystems"))) {
                return new Answers(
                        known.anyMatch(line -> line.endsWith("\t" + type)) ? Set.of("EPERM") : anywhere, anywhere);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        boolean dependOnTheHost() {
            return anywhere.size() > 1;
        }
    }

    /** An attempt that must be refused by an error. */
    static EscapeAttempt of(
            String topic, String what, Answers answers, boolean harmless, Consumer<ProgramBuilder> steps) {
        return of(
                topic,
                what,
                program -> {
                    steps.accept(program);
                    return program.space(LOOT, "unused");
                },
                loot -> false,
                answers,
                harmless);
    }

    /** An attempt that may go on to its end, if what it has read then is worth nothing. */
    static EscapeAttempt of(
            String topic,
            String what,
            Function<ProgramBuilder, Arg> steps,
            Predicate<String> worthless,
            Answers answers,
            boolean harmless) {
        ProgramBuilder program = SyscallProgram.builder();
        Arg loot = steps.apply(program);
        program.step("get away with it", Syscall.EXIT_GROUP, 0);
        return new EscapeAttempt(topic, what, program.build(), loot, worthless, answers, harmless);
    }

    /** Tries it as root in a container that runs, and says how it went. */
    EscapeOutcome in(Container container) {
        tryIn(container);
        return outcomeIn(container);
    }

    /** Tries it with a terminal at descriptors 1 and 2. */
    void tryIn(Container container) {
        container.files().write("/attempt", Stage.executable(Architecture.current()), 0755);
        container.files().write("/attempt.plan", plan(), 0600);
        container.exec(Command.of("sh", "-c", SCRIPT).terminal(SIZE).timeout(TestLxj.LONG));
    }

    /** How it went, by the file that the program leaves. */
    EscapeOutcome outcomeIn(Container container) {
        return outcome(container.files().read("/attempt.plan"));
    }

    /** The file that the program maps from its standard input. */
    private byte[] plan() {
        byte[] code = program.code(Architecture.current());
        byte[] data = program.data();
        byte[] file = Arrays.copyOf(code, SyscallProgram.DATA + data.length);
        System.arraycopy(data, 0, file, SyscallProgram.DATA, data.length);
        return file;
    }

    private EscapeOutcome outcome(byte[] file) {
        ByteBuffer memory = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
        int count = program.steps().size();
        for (int i = 0; i < count; i++) {
            SyscallProgram.Step step = program.steps().get(i);
            long result = memory.getLong(FIRST_STEP + i * STEP + RESULT);
            boolean last = i == count - 1;
            if (result == SyscallProgram.NOT_RUN) {
                // The program's own first steps are never refused: it was not run at all.
                assertThat(i).as("the program of \"" + what + "\" was run").isGreaterThan(1);
                return last ? ending(file) : new EscapeOutcome(this, step.call().manName(), EscapeOutcome.KILLED);
            }
            if (result < 0 && step.error() < 0) {
                return new EscapeOutcome(this, step.call().manName(), EscapeOutcome.name((int) -result));
            }
        }
        return ending(file);
    }

    private EscapeOutcome ending(byte[] file) {
        int at = (int) (loot.value() - SyscallProgram.BASE);
        String read = new String(file, at, LOOT, StandardCharsets.ISO_8859_1).replace("\0", "");
        return worthless.test(read)
                ? new EscapeOutcome(this, "read", EscapeOutcome.WORTHLESS)
                : new EscapeOutcome(this, "none", (EscapeOutcome.SUCCEEDED + " " + read).strip());
    }
}

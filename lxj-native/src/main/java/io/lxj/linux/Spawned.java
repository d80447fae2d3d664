package io.lxj.linux;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A process that runs a program, and the memory that it shares with this one. Closing it gives up the memory; the
 * process goes on. Thread-safe.
 */
public final class Spawned implements AutoCloseable {
    private volatile SyscallProgram program;
    private final Fd plan;
    private final StartedProcess process;
    private final Optional<Arg> self;
    private final Runnable onClose;

    Spawned(SyscallProgram program, Fd plan, StartedProcess process) {
        this(program, plan, process, Optional.empty(), () -> {});
    }

    /** One that says itself who it is, perhaps before who started it has heard of that. */
    Spawned(SyscallProgram program, Fd plan, StartedProcess process, Optional<Arg> self, Runnable onClose) {
        this.program = program;
        this.plan = plan;
        this.process = process;
        this.self = self;
        this.onClose = onClose;
    }

    /**
     * The process that runs the program: a child of this one that has to be waited for.
     *
     * @return its process id
     * @throws LinuxException if it could not be started
     */
    public int pid() throws LinuxException {
        OptionalInt told = process.isKnown() ? OptionalInt.empty() : toldPid();
        return told.isPresent() ? told.getAsInt() : process.pid();
    }

    /** What the process says of itself, as soon as it has. */
    OptionalInt toldPid() throws LinuxException {
        long told = self.isPresent() ? readLong(self.get()) : SyscallProgram.NOT_RUN;
        return told > 0 ? OptionalInt.of((int) told) : OptionalInt.empty();
    }

    /**
     * Waits for the process to end and takes its status; it is gone for good then.
     *
     * @return how it ended
     * @throws LinuxException ECHILD if it was waited for already; or if it could not be started
     */
    public WaitStatus waitFor() throws LinuxException {
        return StartedProcess.waitFor(pid());
    }

    /**
     * Gives the process the rest of a program that it has the {@linkplain ProgramBuilder#beginning beginning} of. It must
     * not have come so far yet: whoever calls this lets it go on afterwards.
     *
     * @param whole the program
     * @throws LinuxException if it can't be written
     * @throws IllegalArgumentException if it has another beginning
     */
    public void complete(SyscallProgram whole) throws LinuxException {
        SyscallProgram beginning = program;
        int steps = beginning.steps().size();
        if (!whole.beginsWith(beginning)) {
            throw new IllegalArgumentException("the program has another beginning");
        }
        Spawner.writeSteps(whole, steps, beginning.dataLength(), plan);
        program = whole;
    }

    /**
     * Reads a number from the program's memory.
     *
     * @param address as the builder gave it
     * @return the 64 bits there now
     * @throws LinuxException if pread(2) fails
     */
    public long readLong(Arg address) throws LinuxException {
        try (Scratch scratch = Scratch.open()) {
            Block word = scratch.block(8);
            plan.read(word, 0, 8, address.value() - SyscallProgram.BASE);
            return word.buffer().getLong(0);
        }
    }

    /**
     * What every step returned so far.
     *
     * @return a result for each step, {@link SyscallProgram#NOT_RUN} for those not run
     * @throws LinuxException if pread(2) fails
     */
    public long[] results() throws LinuxException {
        int count = program.steps().size();
        try (Scratch scratch = Scratch.open()) {
            int length = SyscallProgram.FIRST_STEP + count * SyscallProgram.STEP_SIZE;
            Block code = scratch.block(length);
            plan.read(code, 0, length, 0);
            long[] results = new long[count];
            for (int i = 0; i < count; i++) {
                results[i] = code.buffer()
                        .getLong(SyscallProgram.FIRST_STEP + i * SyscallProgram.STEP_SIZE + SyscallProgram.RESULT);
            }
            return results;
        }
    }

    /**
     * The step at which the program ended with an error.
     *
     * @return the first step that failed and has no step to go on with; empty if there is none
     * @throws LinuxException if pread(2) fails
     */
    public Optional<StepFailure> failure() throws LinuxException {
        long[] results = results();
        List<SyscallProgram.Step> steps = program.steps();
        for (int i = 0; i < results.length; i++) {
            SyscallProgram.Step step = steps.get(i);
            if (results[i] < 0 && results[i] != SyscallProgram.NOT_RUN && step.error() < 0) {
                return Optional.of(new StepFailure(i, results.length, step, (int) -results[i]));
            }
        }
        return Optional.empty();
    }

    @Override
    public void close() {
        plan.close();
        onClose.run();
    }
}

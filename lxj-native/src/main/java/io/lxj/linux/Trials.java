package io.lxj.linux;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Composes a program of trials. A trial is some steps for one feature; it ends at its first error, and the next one goes
 * on. What depends on a feature stands in a gate, and is left out if the feature isn't there. Not thread-safe.
 */
final class Trials {
    private static final long WALL = 0x40000000;
    private static final int SIGCHLD = 17;
    private static final int CLONE_ARGS_SIZE = 88;

    private final ProgramBuilder program;
    private final Map<ProbedFeature, Trial> trials = new EnumMap<>(ProbedFeature.class);
    private final Deque<ProbedFeature> gates = new ArrayDeque<>();
    private Trial current;
    private ProgramBuilder.Label error;

    /** The steps of a trial, and the feature without which it isn't reached. */
    private record Trial(ProbedFeature gate, List<TrialStep> steps) {}

    private record TrialStep(Syscall call, Arg result) {}

    Trials(ProgramBuilder program) {
        this.program = program;
    }

    ProgramBuilder program() {
        return program;
    }

    /** Adds a step to the trial that is being composed. */
    ProgramBuilder.Added step(String what, Syscall call, Object... args) {
        ProgramBuilder.Added added = program.step(what, call, args).onError(error);
        current.steps.add(new TrialStep(call, added.result()));
        return added;
    }

    <T> T attempt(ProbedFeature feature, Supplier<T> steps) {
        ProgramBuilder.Label end = program.label();
        T result = compose(feature, end, steps);
        program.place(end);
        return result;
    }

    <T> void gate(ProbedFeature feature, Supplier<T> steps, Consumer<T> behind) {
        ProgramBuilder.Label end = program.label();
        T result = compose(feature, end, steps);
        gates.push(feature);
        behind.accept(result);
        gates.pop();
        program.place(end);
    }

    private <T> T compose(ProbedFeature feature, ProgramBuilder.Label onError, Supplier<T> steps) {
        current = trials.computeIfAbsent(feature, f -> new Trial(gates.peek(), new ArrayList<>()));
        error = onError;
        return steps.get();
    }

    /**
     * A child that makes trials of its own and ends; the process waits for it.
     *
     * @param flags of clone3(2), without CLONE_PARENT
     * @param cgroup an fd for CLONE_INTO_CGROUP, or 0
     */
    void child(ProbedFeature feature, long flags, Object cgroup, Runnable inside) {
        ProgramBuilder.Label child = program.label();
        ProgramBuilder.Label parent = program.label();
        ProgramBuilder.Label end = program.label();
        Arg pid = program.space(8, "pid");
        compose(feature, end, () -> clone3(flags, SIGCHLD, pid, cgroup))
                .onZero(child)
                .onPositive(parent);
        program.place(child);
        gates.push(feature);
        inside.run();
        gates.pop();
        program.step("end the child", Syscall.EXIT_GROUP, 0);
        program.place(parent);
        program.step("wait for the child", Syscall.WAIT4, program.valueAt(pid), 0, Arg.of(WALL, "__WALL"), 0)
                .mayFail();
        program.place(end);
    }

    /** A child of the process that spawned this one; it ends at once and must be waited for there. */
    Arg sibling(ProbedFeature feature) {
        ProgramBuilder.Label child = program.label();
        ProgramBuilder.Label end = program.label();
        Arg pid = program.space(8, "pid");
        compose(feature, end, () -> clone3(CloneFlags.CLONE_PARENT, 0, pid, 0))
                .onZero(child)
                .onPositive(end);
        program.place(child);
        program.step("end the sibling", Syscall.EXIT_GROUP, 0);
        program.place(end);
        return pid;
    }

    private ProgramBuilder.Added clone3(long flags, int signal, Arg pid, Object cgroup) {
        long all = flags | CloneFlags.CLONE_PARENT_SETTID;
        Arg args =
                program.words("{flags=0x" + Long.toHexString(all) + "}", all, 0, 0, pid, signal, 0, 0, 0, 0, 0, cgroup);
        return step("make a process", Syscall.CLONE3, args, CLONE_ARGS_SIZE);
    }

    /** What the trials have found, once the program has ended. */
    Map<ProbedFeature, Outcome> outcomes(Spawned spawned, WaitStatus end, boolean privileged) throws LinuxException {
        Map<ProbedFeature, Outcome> outcomes = new EnumMap<>(ProbedFeature.class);
        for (Map.Entry<ProbedFeature, Trial> entry : trials.entrySet()) {
            outcomes.put(entry.getKey(), outcome(entry.getValue(), spawned, end, privileged));
        }
        return outcomes;
    }

    private Outcome outcome(Trial trial, Spawned spawned, WaitStatus end, boolean privileged) throws LinuxException {
        for (TrialStep step : trial.steps) {
            long result = spawned.readLong(step.result);
            if (result == SyscallProgram.NOT_RUN) {
                return notRun(trial, step, spawned, end);
            }
            if (result < 0) {
                return Outcome.failed(step.call.manName(), (int) -result, privileged || isInUserNamespace(trial));
            }
        }
        return Outcome.yes("");
    }

    private Outcome notRun(Trial trial, TrialStep step, Spawned spawned, WaitStatus end) throws LinuxException {
        if (end.signal().isPresent()) {
            return Outcome.no(step.call.manName() + ": not tried, the trial was " + end, Outcome.KILLED);
        }
        ProbedFeature missing = trial.gate;
        if (missing == null) {
            return Outcome.no(step.call.manName() + ": not tried");
        }
        // Up to the gate that was reached, and is closed.
        for (Trial gate = trials.get(missing); gate.gate != null && !isTried(gate, spawned); ) {
            missing = gate.gate;
            gate = trials.get(missing);
        }
        return Outcome.no("not tried without " + missing.title(), "see " + missing.title());
    }

    /** There, a trial has all the privileges that a user namespace gives. */
    private boolean isInUserNamespace(Trial trial) {
        ProbedFeature gate = trial.gate;
        while (gate != null && gate != ProbedFeature.USER_NAMESPACE) {
            gate = trials.get(gate).gate;
        }
        return gate != null;
    }

    private static boolean isTried(Trial trial, Spawned spawned) throws LinuxException {
        return spawned.readLong(trial.steps.get(0).result) != SyscallProgram.NOT_RUN;
    }
}

package io.lxj.launch;

import io.lxj.error.Failure;
import io.lxj.error.LxjException;
import io.lxj.failure.Failures;
import io.lxj.linux.Deputy;
import io.lxj.linux.Fd;
import io.lxj.linux.Pidfd;
import io.lxj.linux.Pipe;
import io.lxj.linux.Signal;
import io.lxj.linux.Spawned;
import io.lxj.linux.Spawner;
import io.lxj.linux.StepFailure;
import io.lxj.plan.ExecPlan;
import io.lxj.plan.ExecSpec;
import io.lxj.plan.FdNames;
import io.lxj.plan.NotExecuted;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Starts programs in running containers. Thread-safe. */
public final class ExecLauncher {
    private ExecLauncher() {}

    /**
     * Where a program is started and what it gets.
     *
     * @param init a pidfd of the container's init
     * @param cgroup the cgroup that it is born into, if there is one
     * @param proc the root of the host's procfs
     * @param deputy who handles files and mounts for an ordinary user
     * @param stdin its standard input
     * @param stdout its standard output
     * @param stderr its standard error
     */
    public record Place(
            Pidfd init, Optional<Fd> cgroup, Fd proc, Optional<Deputy> deputy, Fd stdin, Fd stdout, Fd stderr) {}

    /**
     * A started program: a child of this process.
     *
     * @param pid its process id, as the host sees it
     * @param process the process, owned by the caller
     * @param failure why the program could not be executed, if so: the process has ended with 127 or 126 then
     */
    public record Executed(int pid, Pidfd process, Optional<NotExecuted> failure) {}

    /** Ends processes that nobody waits for any more. */
    @FunctionalInterface
    public interface Killer {
        /**
         * Ends a process.
         *
         * @param process a child of this process; this takes it over
         * @throws IOException if that fails
         */
        void kill(Pidfd process) throws IOException;
    }

    /** What the stage of an ordinary user enters first. */
    static Map<String, Fd> namespaces(Deputy deputy) {
        return Map.of(
                FdNames.USER_NAMESPACE, deputy.userNamespace(),
                FdNames.MOUNT_NAMESPACE, deputy.mountNamespace());
    }

    /**
     * Starts a program. From when it is in the container's PID namespace, processes there can stop, trace or freeze what is
     * to become it.
     *
     * @param plan what to execute
     * @param place where; its fds stay the caller's
     * @param limit how long it may take until the program is executed
     * @param killer ends what isn't executed
     * @return the process
     * @throws io.lxj.error.LaunchException if a step failed
     * @throws LxjException if the program wasn't executed in that time
     * @throws io.lxj.error.CanceledException if the thread was interrupted before it was
     * @throws IOException if the launch couldn't even begin
     */
    public static Executed launch(ExecPlan plan, Place place, Duration limit, Killer killer) throws IOException {
        ExecSpec spec = plan.spec();
        String action = "exec in " + spec.container();
        try (Pipe report = Pipe.open()) {
            Map<String, Fd> fds = new HashMap<>(Map.of(
                    FdNames.INIT, place.init().fd(),
                    FdNames.REPORT, report.writer(),
                    FdNames.STDIN, place.stdin(),
                    FdNames.STDOUT, place.stdout(),
                    FdNames.STDERR, place.stderr()));
            if (spec.confinement().label().isPresent()) {
                fds.put(FdNames.PROC, place.proc());
            }
            place.cgroup().ifPresent(cgroup -> fds.put(FdNames.CGROUP, cgroup));
            place.deputy().ifPresent(deputy -> fds.putAll(namespaces(deputy)));
            try (Spawned stage = Spawner.spawn(plan.program(), fds)) {
                report.writer().close();
                boolean executed = false;
                try {
                    executed = Children.awaitReport(action, report.reader(), limit);
                } finally {
                    if (!executed) {
                        kill(plan, stage, killer);
                    }
                }
                if (!executed) {
                    throw new LxjException(Failure.of(
                                    action,
                                    spec.argv().get(0) + " could not be executed within " + limit.toMillis()
                                            + " ms and was killed")
                            .hint("processes of the container can stop, trace or freeze one that enters it"));
                }
                stage.waitFor();
                int pid = (int) stage.readLong(plan.pid());
                Optional<StepFailure> failure = stage.failure();
                if (failure.isPresent()) {
                    if (pid > 0) {
                        killer.kill(Pidfd.open(pid));
                    }
                    throw Failures.exception(action, failure.get(), LaunchHints.of(spec, failure.get()));
                }
                return new Executed(pid, Pidfd.open(pid), NotExecuted.of(plan, stage.results()));
            }
        }
    }

    /** The stage first, which nobody in the container sees: after it, nothing is made any more. */
    private static void kill(ExecPlan plan, Spawned stage, Killer killer) throws IOException {
        try (Pidfd process = Pidfd.open(stage.pid())) {
            process.send(Signal.SIGKILL);
        }
        stage.waitFor();
        int pid = (int) stage.readLong(plan.pid());
        if (pid > 0) {
            killer.kill(Pidfd.open(pid));
        }
    }
}

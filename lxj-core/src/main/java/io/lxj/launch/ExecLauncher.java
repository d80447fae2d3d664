package io.lxj.launch;

import io.lxj.failure.Failures;
import io.lxj.linux.Deputy;
import io.lxj.linux.Fd;
import io.lxj.linux.LinuxException;
import io.lxj.linux.Pidfd;
import io.lxj.linux.Pipe;
import io.lxj.linux.Spawned;
import io.lxj.linux.Spawner;
import io.lxj.linux.StepFailure;
import io.lxj.plan.ExecPlan;
import io.lxj.plan.ExecSpec;
import io.lxj.plan.FdNames;
import io.lxj.plan.NotExecuted;
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

    /** What the stage of an ordinary user enters first. */
    static Map<String, Fd> namespaces(Deputy deputy) {
        return Map.of(
                FdNames.USER_NAMESPACE, deputy.userNamespace(),
                FdNames.MOUNT_NAMESPACE, deputy.mountNamespace());
    }

    /**
     * Starts a program.
     *
     * @param plan what to execute
     * @param place where; its fds stay the caller's
     * @return the process
     * @throws io.lxj.error.LaunchException if a step failed; no process is left then
     * @throws LinuxException if the launch couldn't even begin
     */
    public static Executed launch(ExecPlan plan, Place place) throws LinuxException {
        ExecSpec spec = plan.spec();
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
                Children.awaitReport(report.reader());
                stage.waitFor();
                int pid = (int) stage.readLong(plan.pid());
                Optional<StepFailure> failure = stage.failure();
                if (failure.isPresent()) {
                    if (pid > 0) {
                        Children.reap(pid);
                    }
                    throw Failures.exception(
                            "exec in " + spec.container(), failure.get(), LaunchHints.of(spec, failure.get()));
                }
                return new Executed(pid, Pidfd.open(pid), NotExecuted.of(plan, stage.results()));
            }
        }
    }
}

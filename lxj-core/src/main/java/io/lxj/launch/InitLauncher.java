package io.lxj.launch;

import io.lxj.linux.Deputy;
import io.lxj.linux.Fd;
import io.lxj.linux.LinuxException;
import io.lxj.linux.Pidfd;
import io.lxj.plan.FdNames;
import io.lxj.plan.LaunchSpec;
import io.lxj.plan.StageBeginning;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Starts the init of a container. Thread-safe. */
public final class InitLauncher {
    private final SpawnThread thread;
    private final Optional<Deputy> deputy;

    /**
     * A launcher.
     *
     * @param deputy who handles files and mounts for an ordinary user
     * @param thread whose end is the end of the containers that aren't kept
     */
    public InitLauncher(SpawnThread thread, Optional<Deputy> deputy) {
        this.thread = thread;
        this.deputy = deputy;
    }

    /**
     * What a started container consists of. Whoever gets it owns it.
     *
     * @param pid the init's process id
     * @param init the init; a child of this process unless there is a keeper
     * @param console the master of its console
     * @param notifySocket the socket on which an init of the kind of systemd says that it has booted
     * @param ttys the masters of its other terminals
     * @param keeper the keeper, for a container that is kept
     * @param mounts what keeps mounts of the container there after its end, if there is no keeper: the root's mount if
     *     the init has made it, and the mount namespace if it is to be held
     */
    public record Launched(
            int pid, Pidfd init, Fd console, Fd notifySocket, List<Fd> ttys, Optional<Keeper> keeper, List<Fd> mounts) {
        /** Gives up all fds; the processes are left alone. */
        public void close() {
            init.close();
            console.close();
            notifySocket.close();
            ttys.forEach(Fd::close);
            keeper.ifPresent(Keeper::close);
            mounts.forEach(Fd::close);
        }
    }

    /**
     * The keeper of a container: a child of this process.
     *
     * @param pid its process id
     * @param process the process
     * @param recorded a pipe on which it waits for word that the container is on record; it ends the init without it
     */
    public record Keeper(int pid, Pidfd process, Fd recorded) {
        void close() {
            process.close();
            recorded.close();
        }
    }

    /**
     * Begins to start a process, for one container.
     *
     * @return the process, to be closed when the container has been launched or won't be
     * @throws LinuxException if it couldn't begin
     */
    public StageAhead begin() throws LinuxException {
        return new StageAhead(thread);
    }

    /**
     * Begins a launch.
     *
     * @param ahead the process that was begun for it
     * @param spec what to launch
     * @param fds what is there already, under the names of {@link FdNames}: inherited mounts, listening sockets, the
     *     host's procfs for a container with a label, and for a container that is kept its log and exit files. They stay
     *     the caller's
     * @return the launch, to be closed
     * @throws io.lxj.error.LxjException if the plan would be too long
     * @throws LinuxException if it couldn't begin
     */
    public Launch launch(StageAhead ahead, LaunchSpec spec, Map<String, Fd> fds) throws LinuxException {
        StageBeginning beginning = StageBeginning.of(spec);
        LaunchChannels channels = LaunchChannels.open(spec.keep());
        try {
            Map<String, Fd> all = new HashMap<>(fds);
            all.putAll(channels.fds());
            deputy.ifPresent(own -> all.putAll(ExecLauncher.namespaces(own)));
            return Launch.begin(ahead, spec, beginning, channels, all);
        } catch (LinuxException | RuntimeException | Error e) {
            channels.close();
            throw e;
        }
    }
}

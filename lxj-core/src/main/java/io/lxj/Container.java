package io.lxj;

import io.lxj.config.Command;
import io.lxj.config.Config;
import io.lxj.config.Device;
import io.lxj.config.ExecResult;
import io.lxj.config.ExitStatus;
import io.lxj.config.Limits;
import io.lxj.config.PressureThreshold;
import io.lxj.config.Signal;
import io.lxj.config.State;
import io.lxj.config.Stats;
import io.lxj.error.LxjException;
import io.lxj.lifecycle.ContainerTerminal;
import io.lxj.lifecycle.Instance;
import java.io.InputStream;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * A container: a handle by which it is started, used, stopped and removed. Any number of handles, in any number of
 * JVMs, can stand for the same container; a handle keeps nothing of it. Thread-safe.
 *
 * <p>All methods but {@link #name()} throw {@link io.lxj.error.NotFoundException} once the container was destroyed or
 * renamed, and {@link IllegalStateException} once lxj was closed. Those that wait throw {@link
 * io.lxj.error.CanceledException} when their thread is interrupted, and leave it so; what they waited for goes on.
 */
public final class Container {
    private static final Duration FREEZING = Duration.ofSeconds(10);

    private final Instance instance;

    Container(Instance instance) {
        this.instance = instance;
    }

    /**
     * The container's name.
     *
     * @return the name
     */
    public String name() {
        return instance.name();
    }

    /**
     * What the container is made of.
     *
     * @return its configuration
     */
    public Config config() {
        return instance.record().config();
    }

    /**
     * Gives the container another configuration, which holds from the next start on. Its image and its storage can't be
     * changed. /etc/hostname and /etc/hosts get another host name if they are as they were made with the container. The
     * ids that it runs with, also those for containers in it, stay its own until the run has ended.
     *
     * @param config the configuration
     * @throws io.lxj.error.InvalidConfigException if it names another image or storage
     */
    public void configure(Config config) {
        instance.configure(config);
    }

    /**
     * Measures the container. That takes a dozen system calls, as the files are kept open from the first measurement to the
     * end of the run.
     *
     * @return what it has used since it was started, and what it uses now
     * @throws io.lxj.error.WrongStateException if it doesn't run
     */
    public Stats stats() {
        return instance.stats();
    }

    /**
     * Measures the container again and again: at once, and then at a period, as long as it runs, over all of its runs. All
     * containers with the same period are measured by one thread, one after the other.
     *
     * @param period how often, 10 ms or more
     * @param listener is told of each measurement; while it is at work, none is made for it
     * @return ends that when it is closed
     * @throws io.lxj.error.InvalidConfigException if the period is shorter
     */
    public Subscription addStatsListener(Duration period, StatsListener listener) {
        Objects.requireNonNull(listener, "listener");
        return instance.sample(period, (now, before) -> listener.sampled(this, now, before))::close;
    }

    /**
     * Changes what the container may use: at once if it runs, and from its next start on if not. Either all limits are as
     * given after that, or all are as before.
     *
     * @param limits all of its limits; what isn't among them is no longer limited
     * @throws io.lxj.error.InvalidConfigException if the host doesn't have the processors or nodes of memory
     * @throws io.lxj.error.UnsupportedHostException if the host can't limit it
     * @throws io.lxj.error.LxjException if the kernel refuses
     */
    public void update(Limits limits) {
        instance.update(limits);
    }

    /**
     * When the container was created.
     *
     * @return the time
     */
    public Instant created() {
        return instance.record().created();
    }

    /**
     * The container's machine id, see machine-id(5).
     *
     * @return 32 hexadecimal digits
     */
    public String machineId() {
        return instance.record().machineId().text();
    }

    /**
     * What the container is doing now.
     *
     * @return its state, derived from its processes and cgroup at this moment
     */
    public State state() {
        return instance.state();
    }

    /**
     * The process id of the container's init, as the host sees it.
     *
     * @return the id, or empty if the container isn't running
     */
    public Optional<Long> pid() {
        return instance.pid();
    }

    /**
     * Starts the container. When this returns, its init is being executed.
     *
     * @throws io.lxj.error.IllegalTransitionException if it isn't stopped
     * @throws io.lxj.error.LaunchException if a step of the launch failed; nothing is left of the attempt
     */
    public void start() {
        instance.start();
    }

    /**
     * What a start would do: the system calls that the container's first process makes before it becomes the init, in
     * their order, as a tracer would show them. For people who want to know, and for reviews.
     *
     * @return a line for each system call, with what it is for
     */
    public String launchPlan() {
        return instance.plan();
    }

    /**
     * The filter of system calls that a start would install, as the kernel would run it: the program that the {@link
     * io.lxj.config.SeccompProfile} of the configuration is compiled to for this host.
     *
     * @return a line for each instruction; empty if there is no filter
     */
    public String seccompFilter() {
        return instance.seccompFilter();
    }

    /**
     * Asks the init to halt, waits as long as the configuration says, and kills what is left then.
     *
     * @return how the container ended
     * @throws io.lxj.error.IllegalTransitionException if it isn't running
     */
    public ExitStatus shutdown() {
        return instance.shutdown(config().stopTimeout());
    }

    /**
     * Asks the init to halt by its own signal, waits, and kills what is left then.
     *
     * @param timeout how long to wait; zero kills at once
     * @return how the container ended
     * @throws io.lxj.error.IllegalTransitionException if it isn't running
     */
    public ExitStatus shutdown(Duration timeout) {
        return instance.shutdown(Objects.requireNonNull(timeout, "timeout"));
    }

    /**
     * Kills the container with all its processes, at once.
     *
     * @return how the container ended
     * @throws io.lxj.error.IllegalTransitionException if it isn't running
     */
    public ExitStatus stop() {
        return instance.stop();
    }

    /**
     * Asks the init to reboot, and waits until the container runs again. If the init doesn't end in the time that the
     * configuration gives it, it is killed and the container started again.
     *
     * @throws io.lxj.error.IllegalTransitionException if it isn't running
     */
    public void reboot() {
        instance.reboot(config().stopTimeout());
    }

    /**
     * Suspends all processes of the container.
     *
     * @throws io.lxj.error.IllegalTransitionException if it doesn't run, or is being stopped
     * @throws io.lxj.error.FreezeException if not all of them stop within ten seconds; it runs on then
     */
    public void freeze() {
        freeze(FREEZING);
    }

    /**
     * Suspends all processes of the container.
     *
     * @param timeout how long to wait until they are
     * @throws io.lxj.error.IllegalTransitionException if it doesn't run, or is being stopped
     * @throws io.lxj.error.FreezeException if not all of them stop in time, with those that didn't; it runs on then
     */
    public void freeze(Duration timeout) {
        instance.freeze(Objects.requireNonNull(timeout, "timeout"));
    }

    /**
     * Resumes all processes of the container.
     *
     * @throws io.lxj.error.IllegalTransitionException if it isn't frozen
     * @throws io.lxj.error.LxjException if they don't go on within ten seconds: somebody has frozen all containers
     */
    public void unfreeze() {
        unfreeze(FREEZING);
    }

    /**
     * Resumes all processes of the container.
     *
     * @param timeout how long to wait until they go on
     * @throws io.lxj.error.IllegalTransitionException if it isn't frozen
     * @throws io.lxj.error.LxjException if they don't go on in time: somebody has frozen all containers
     */
    public void unfreeze(Duration timeout) {
        instance.unfreeze(Objects.requireNonNull(timeout, "timeout"));
    }

    /**
     * Sends a signal to the container's init.
     *
     * @param signal which one
     * @throws io.lxj.error.WrongStateException if it isn't running
     */
    public void kill(Signal signal) {
        instance.kill(Objects.requireNonNull(signal, "signal"));
    }

    /**
     * Gives the container a device: at once if it runs, and by its configuration at each start from now on.
     *
     * @param device the device
     * @throws io.lxj.error.AlreadyExistsException if the container has a device, or a file of its own, at the target
     * @throws io.lxj.error.LxjException if the host has no such device; nothing is changed then
     */
    public void addDevice(Device device) {
        instance.devices().add(Objects.requireNonNull(device, "device"));
    }

    /**
     * Takes a device from the container: at once if it runs, and from its configuration. Its node is removed, and can't
     * be opened any more under whatever name; a program that has it open keeps that.
     *
     * @param target where the device is in the container, see {@link Device#target()}
     * @throws io.lxj.error.NotFoundException if the container has no such device
     */
    public void removeDevice(String target) {
        instance.devices().remove(Objects.requireNonNull(target, "target"));
    }

    /**
     * Takes a device from the container, as {@link #removeDevice(String)} does.
     *
     * @param device the device; its target is what counts
     * @throws io.lxj.error.NotFoundException if the container has no such device
     */
    public void removeDevice(Device device) {
        removeDevice(device.target());
    }

    /**
     * Removes the container with all its files.
     *
     * @throws io.lxj.error.WrongStateException if it isn't stopped
     */
    public void destroy() {
        instance.destroy();
    }

    /**
     * Gives the container another name, which is its host name, too, if it has none of its own: /etc/hostname and
     * /etc/hosts get it if they are as they were made with the container.
     *
     * @param name the new name
     * @return a handle for the container under its new name; this one stands for nothing any more
     * @throws io.lxj.error.WrongStateException if it isn't stopped
     * @throws io.lxj.error.AlreadyExistsException if the name is taken
     */
    public Container rename(String name) {
        return new Container(instance.rename(name));
    }

    /**
     * Waits until the container is in a state.
     *
     * @param state the state
     * @param timeout how long to wait
     * @return false if the time is over
     */
    public boolean awaitState(State state, Duration timeout) {
        return instance.awaitState(Objects.requireNonNull(state, "state"), timeout);
    }

    /**
     * Waits until the container has booted. systemd says when that is so; an init of another kind doesn't, and counts as
     * booted when it runs. One that says {@code READY=1}, see sd_notify(3), is waited for if it is told where, by {@code
     * Config.env("NOTIFY_SOCKET", "/run/host/notify")}.
     *
     * @param timeout how long to wait
     * @throws io.lxj.error.WrongStateException if it isn't running
     * @throws io.lxj.error.LxjException if it ends, or if the time is over
     */
    public void awaitReady(Duration timeout) {
        instance.awaitReady(Objects.requireNonNull(timeout, "timeout"));
    }

    /**
     * How the current run ends; or if the container isn't running, as it may have ended right after its start, how the
     * last one has ended.
     *
     * @return completed when the container has ended and nothing is left of the run; a reboot ends a run, too
     * @throws io.lxj.error.WrongStateException if it isn't running and {@link #lastExit} knows of no run
     */
    public CompletableFuture<ExitStatus> onExit() {
        return instance.exit();
    }

    /**
     * How the last run ended.
     *
     * @return empty if the container never ran, or runs for the first time, or if its disk was full when it ended
     */
    public Optional<ExitStatus> lastExit() {
        return instance.lastExit();
    }

    /**
     * Adds a listener for changes of the state. It is called on a thread of lxj's, one change after the other.
     *
     * @param listener the listener
     * @return removes the listener when it is closed
     */
    public Subscription addListener(ContainerListener listener) {
        Objects.requireNonNull(listener, "listener");
        return instance.listeners().add((state, exit) -> listener.stateChanged(this, state, exit))::close;
    }

    /**
     * Adds a listener for what the kernel tells of the container: processes that were killed because memory ran out,
     * limits that were reached, pressure above thresholds, whether there are processes and whether they are suspended. It
     * goes on over all runs of the container until it is closed; over one that another process has started, from when
     * this one first looks at the container. One that nobody listens to costs nothing.
     *
     * @param listener the listener
     * @param thresholds the pressure of which this listener is to be told
     * @return removes the listener when it is closed
     * @throws io.lxj.error.UnsupportedHostException if the container has no cgroup, or the host doesn't measure pressure
     * @throws io.lxj.error.LxjException if the kernel doesn't take a threshold
     */
    public Subscription addEventListener(ContainerEventListener listener, PressureThreshold... thresholds) {
        EventAdapter adapter = new EventAdapter(this, Objects.requireNonNull(listener, "listener"));
        return instance.events().add(adapter, List.of(thresholds))::close;
    }

    /**
     * Runs a command to its end.
     *
     * @param program a path in the container, or a name that is looked for in its PATH
     * @param arguments the arguments
     * @return its exit code and what it wrote; 127 if there is no such program, 126 if it can't be executed
     * @throws io.lxj.error.WrongStateException if the container isn't running
     */
    public ExecResult exec(String program, String... arguments) {
        return exec(Command.of(program, arguments));
    }

    /**
     * Runs a command to its end.
     *
     * @param command the command, with its environment, user and all
     * @return its exit code and what it wrote; 127 if there is no such program, 126 if it can't be executed
     * @throws io.lxj.error.WrongStateException if the container isn't running
     * @throws io.lxj.error.LxjException if the command's own timeout is over, processes of the container kept the command from
     *     being executed for a minute, or it wrote more than 256 MiB or an eighth of the heap; it was killed then
     */
    public ExecResult exec(Command command) {
        return instance.collect(Objects.requireNonNull(command, "command"));
    }

    /**
     * Starts a command and doesn't wait for it.
     *
     * @param program a path in the container, or a name that is looked for in its PATH
     * @param arguments the arguments
     * @return the running command
     * @throws io.lxj.error.WrongStateException if the container isn't running
     */
    public ContainerProcess process(String program, String... arguments) {
        return process(Command.of(program, arguments));
    }

    /**
     * Starts a command and doesn't wait for it.
     *
     * @param command the command, with its environment, user and all
     * @return the running command; its timeout, if it has one, is the caller's to enforce
     * @throws io.lxj.error.WrongStateException if the container isn't running
     * @throws io.lxj.error.LxjException if processes of the container kept the command from being executed for a minute, or
     *     for its timeout; it was killed then
     */
    public ContainerProcess process(Command command) {
        return ExecutedProcess.of(instance, instance.execute(Objects.requireNonNull(command, "command")));
    }

    /**
     * The container's console.
     *
     * @return the terminal that its init has for {@code /dev/console}; the handle stays good when the container stops,
     *     starts or reboots
     */
    public Console console() {
        instance.join();
        ContainerTerminal console = instance.terminals().console();
        return new Console("the console of " + name(), console.output(), console, instance::openLog, instance.lane());
    }

    /**
     * One of the container's terminals beside its console, see {@link Config#ttys(int)}. Only the JVM that starts the
     * container has the other end of it. Nothing of it is logged.
     *
     * @param number 1 for the one that is {@code pts/1} in the container, and so on
     * @return the terminal, which is used like the console; the handle stays good when the container stops, starts or
     *     reboots
     * @throws io.lxj.error.InvalidConfigException if the container isn't configured to have so many
     */
    public Console tty(int number) {
        instance.join();
        ContainerTerminal tty = instance.terminals().configured(number);
        return new Console(
                "tty " + number + " of " + name(), tty.output(), tty, InputStream::nullInputStream, instance.lane());
    }

    /**
     * Connects to a socket of the container's: one that it has bound in {@code /run/host/unix-export}, as systemd's container
     * interface has it, for example {@code ssh} there. It needs no network. As for any socket, this process needs the right to
     * write to it, which root has.
     *
     * @param socket its name in that folder
     * @return the connection, which the caller closes
     * @throws io.lxj.error.InvalidConfigException if that is no name of a file
     * @throws io.lxj.error.WrongStateException if the container isn't running
     * @throws io.lxj.error.LxjException ENOENT if there is no such socket, ENOTSOCK if it is something else, EXDEV if it is
     *     mounted there, EACCES if the container's root may not connect to it, ETIMEDOUT if there has been no room for one more
     *     connection for a minute; or if nobody listens any more, or this process may not connect
     * @throws io.lxj.error.CanceledException if the thread is interrupted
     */
    public SocketChannel connect(String socket) {
        return instance.connect(Objects.requireNonNull(socket, "socket"));
    }

    /**
     * The container's files.
     *
     * @return access to everything below its root, whether it runs or not
     */
    public ContainerFiles files() {
        return new ContainerFiles(instance);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Container container && container.instance == instance;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(instance);
    }

    /**
     * Whether the container has a full copy of its image whose files have its ids on the host, whatever {@link
     * io.lxj.config.Storage} it was made with: because the file system can't show files with other ids than they have, or
     * because only root may do that, and this user has another container with the ids of the image. Such a container takes
     * longer to create and more of the disk, and the image may be deleted.
     *
     * @return true if it has
     * @throws io.lxj.error.LxjException if that can't be found out
     */
    public boolean isShiftedCopy() {
        return instance.isShiftedCopy();
    }

    /** {@return the name, the state, and whether it is a shifted copy; of one that is gone the name alone} */
    @Override
    public String toString() {
        try {
            return "container " + name() + " (" + state() + ")"
                    + (isShiftedCopy() ? ", a copy of its image for its ids" : "");
        } catch (LxjException | IllegalStateException e) {
            // Whoever prints a container doesn't want to know more of one that is gone.
            return "container " + name();
        }
    }
}

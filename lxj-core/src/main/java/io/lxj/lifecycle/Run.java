package io.lxj.lifecycle;

import io.lxj.config.Config;
import io.lxj.config.ExitStatus;
import io.lxj.linux.Cgroup;
import io.lxj.linux.Fd;
import io.lxj.linux.Pidfd;
import io.lxj.storage.RunRecord;
import io.lxj.supervise.ConsoleSource;
import io.lxj.supervise.Registration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** One life of a container, from its start to its exit, as this JVM takes part in it. Thread-safe. */
final class Run {
    /** What this JVM is to the container. */
    enum Part {
        /** It started the container, whose init is its child. */
        PARENT,
        /** It started or took over a container that has a keeper. */
        HEIR,
        /** Another JVM started the container and looks after it. */
        OBSERVER
    }

    private final RunRecord record;
    private final Config config;
    private final Part part;
    private final Pidfd init;
    private final Optional<Pidfd> keeper;
    private final Optional<Fd> console;
    private final Optional<Fd> notify;
    private final Cgroup cgroup;
    private final CompletableFuture<ExitStatus> exit = new CompletableFuture<>();
    private final CompletableFuture<Void> ready = new CompletableFuture<>();
    private final List<Registration> watches = new ArrayList<>();
    private Optional<ConsoleSource> source = Optional.empty();
    private volatile Optional<Fd> root = Optional.empty();
    private volatile String killReason;

    Run(
            RunRecord record,
            Config config,
            Part part,
            Pidfd init,
            Optional<Pidfd> keeper,
            Optional<Fd> console,
            Optional<Fd> notify,
            Cgroup cgroup) {
        this.record = record;
        this.config = config;
        this.part = part;
        this.init = init;
        this.keeper = keeper;
        this.console = console;
        this.notify = notify;
        this.cgroup = cgroup;
    }

    RunRecord record() {
        return record;
    }

    /** The configuration that the container was started with. */
    Config config() {
        return config;
    }

    Part part() {
        return part;
    }

    Pidfd init() {
        return init;
    }

    Optional<Pidfd> keeper() {
        return keeper;
    }

    Optional<Fd> console() {
        return console;
    }

    /** The socket on which systemd says that it has booted, if this JVM has it. */
    Optional<Fd> notifySocket() {
        return notify;
    }

    /** Completed when the init has said that it has booted. */
    CompletableFuture<Void> ready() {
        return ready;
    }

    /** The container's own cgroup; that of the payload is below it. */
    Cgroup cgroup() {
        return cgroup;
    }

    CompletableFuture<ExitStatus> exit() {
        return exit;
    }

    /** Says why lxj is about to kill the container, so that its exit can be told from others. */
    void killing(String reason) {
        killReason = reason;
    }

    Optional<String> killReason() {
        return Optional.ofNullable(killReason);
    }

    synchronized void watch(Registration registration) {
        watches.add(registration);
    }

    synchronized void source(ConsoleSource console) {
        source = Optional.of(console);
    }

    /** Brings what the container wrote last to its console. */
    synchronized void finishConsole() {
        source.ifPresent(ConsoleSource::finish);
        source = Optional.empty();
    }

    /**
     * Holds the root's mount until {@link #release}. The end of an overlay's last mount syncs the file system below it,
     * which may take as long as the disk needs; the container's end must not wait for that.
     */
    void hold(Fd mount) {
        root = Optional.of(mount);
    }

    /** Gives up the root's mount: its last, if the container has ended. This may take its time. */
    void release() {
        root.ifPresent(Fd::close);
    }

    /** Lets go of the container; if it runs, it goes on running. */
    synchronized void close() {
        watches.forEach(Registration::close);
        watches.clear();
        source.ifPresent(ConsoleSource::close);
        source = Optional.empty();
        init.close();
        keeper.ifPresent(Pidfd::close);
        console.ifPresent(Fd::close);
        notify.ifPresent(Fd::close);
        cgroup.close();
    }
}

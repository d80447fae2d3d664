package io.lxj.lifecycle;

import io.lxj.config.ConsoleSettings;
import io.lxj.linux.Directory;
import io.lxj.linux.Fd;
import io.lxj.storage.ContainerFolder;
import io.lxj.supervise.ConsoleLog;
import io.lxj.supervise.LogFiles;
import io.lxj.supervise.LogFollower;
import io.lxj.supervise.PtyConsole;
import io.lxj.supervise.PtyInput;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/** Brings the output of runs to the consoles of their containers. Thread-safe. */
final class Consoles {
    private final Engine engine;

    Consoles(Engine engine) {
        this.engine = engine;
    }

    /** Begins to follow a run's console. */
    void attach(Instance instance, Run run) throws IOException {
        instance.output().begin();
        if (run.part() == Run.Part.PARENT) {
            own(instance, run);
            return;
        }
        // Somebody else reads the terminal and keeps the log: the keeper, or the JVM that started the container.
        Directory folder = folder(instance);
        try {
            run.source(LogFollower.takeOver(engine.supervisor(), folder, instance.output()));
        } catch (IOException | RuntimeException e) {
            folder.close();
            throw e;
        }
        run.console().ifPresent(master -> instance.input(new PtyInput(master)));
    }

    private void own(Instance instance, Run run) throws IOException {
        ConsoleSettings settings = run.config().console();
        Fd master = run.console().orElseThrow().duplicate();
        Optional<ConsoleLog> log = Optional.empty();
        try {
            log = settings.hasLog() ? Optional.of(log(instance, settings)) : Optional.empty();
            PtyConsole console = PtyConsole.open(engine.supervisor(), master, instance.output(), log);
            run.source(console);
            instance.input(console.input());
        } catch (IOException | RuntimeException e) {
            master.close();
            log.ifPresent(ConsoleLog::close);
            throw e;
        }
    }

    private ConsoleLog log(Instance instance, ConsoleSettings settings) throws IOException {
        Directory folder = folder(instance);
        try {
            return ConsoleLog.open(instance.name(), folder, settings.logSize().bytes(), settings.logRotations());
        } catch (IOException | RuntimeException e) {
            folder.close();
            throw e;
        }
    }

    private Directory folder(Instance instance) throws IOException {
        try (ContainerFolder folder = engine.store().open(instance.name())) {
            return new Directory(folder.directory().fd().duplicate());
        }
    }

    /** The files of a container's log, oldest first. */
    InputStream openLog(Instance instance) throws IOException {
        try (Directory folder = folder(instance)) {
            return new LogFiles(folder).open();
        }
    }
}

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
        Terminals terminals = instance.terminals();
        terminals.begin();
        if (run.part() == Run.Part.PARENT) {
            own(instance, run);
            return;
        }
        // Somebody else reads the terminal and keeps the log: the keeper, or the JVM that started the container.
        Directory folder = folder(instance);
        try {
            run.source(LogFollower.takeOver(
                    engine.supervisor(), folder, terminals.console().output()));
        } catch (IOException | RuntimeException | Error e) {
            folder.close();
            throw e;
        }
        run.fds().ifPresent(fds -> terminals.console().connect(new PtyInput(fds.console())));
    }

    private void own(Instance instance, Run run) throws IOException {
        ConsoleSettings settings = run.config().console();
        RunFds fds = run.fds().orElseThrow();
        Optional<ConsoleLog> log = Optional.empty();
        try {
            log = settings.hasLog() ? Optional.of(log(instance, settings)) : Optional.empty();
            own(instance.terminals().console(), run, fds.console(), log);
        } catch (IOException | RuntimeException | Error e) {
            log.ifPresent(ConsoleLog::close);
            throw e;
        }
        for (int i = 0; i < fds.ttys().size(); i++) {
            own(instance.terminals().tty(i + 1), run, fds.ttys().get(i), Optional.empty());
        }
    }

    private void own(ContainerTerminal terminal, Run run, Fd master, Optional<ConsoleLog> log) throws IOException {
        Fd own = master.duplicate();
        try {
            PtyConsole console = PtyConsole.open(engine.supervisor(), own, terminal.output(), log);
            run.source(console);
            terminal.connect(console.input());
        } catch (IOException | RuntimeException | Error e) {
            own.close();
            throw e;
        }
    }

    private ConsoleLog log(Instance instance, ConsoleSettings settings) throws IOException {
        Directory folder = folder(instance);
        try {
            return ConsoleLog.open(instance.name(), folder, settings.logSize().bytes(), settings.logRotations());
        } catch (IOException | RuntimeException | Error e) {
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

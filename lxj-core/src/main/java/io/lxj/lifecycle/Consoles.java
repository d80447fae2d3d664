package io.lxj.lifecycle;

import io.lxj.config.ConsoleSettings;
import io.lxj.linux.Directory;
import io.lxj.linux.Fd;
import io.lxj.storage.ContainerFolder;
import io.lxj.supervise.ConsoleLog;
import io.lxj.supervise.ConsoleOutput;
import io.lxj.supervise.PtyConsole;
import java.io.IOException;
import java.util.Optional;

/** Brings the output of runs to the consoles of their containers. Thread-safe. */
final class Consoles {
    private final Engine engine;

    Consoles(Engine engine) {
        this.engine = engine;
    }

    /** Begins to follow a run's console. */
    void attach(Instance instance, Run run) throws IOException {
        ConsoleSettings settings = run.config().console();
        ConsoleOutput output = instance.output();
        output.begin();
        if (run.part() != Run.Part.PARENT) {
            return;
        }
        Fd master = run.console().orElseThrow().duplicate();
        Optional<ConsoleLog> log = settings.hasLog() ? Optional.of(log(instance, settings)) : Optional.empty();
        PtyConsole console = PtyConsole.open(engine.supervisor(), master, output, log);
        run.source(console);
        instance.input(console.input());
    }

    private ConsoleLog log(Instance instance, ConsoleSettings settings) throws IOException {
        try (ContainerFolder folder = engine.store().open(instance.name())) {
            Directory directory = new Directory(folder.directory().fd().duplicate());
            return ConsoleLog.open(
                    instance.name(), directory, settings.logSize().bytes(), settings.logRotations());
        }
    }
}

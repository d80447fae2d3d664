package io.lxj.lifecycle;

import io.lxj.config.ByteSize;
import io.lxj.error.InvalidConfigException;
import java.util.Map;
import java.util.TreeMap;

/** The console of a container and its other terminals, across its runs. Thread-safe. */
public final class Terminals {
    private final Instance instance;
    private final ByteSize capacity;
    private final ContainerTerminal console;
    // By their numbers; guards itself and running.
    private final Map<Integer, ContainerTerminal> ttys = new TreeMap<>();
    private boolean running;

    Terminals(Instance instance, ByteSize capacity) {
        this.instance = instance;
        this.capacity = capacity;
        this.console = new ContainerTerminal(instance, capacity);
    }

    /** {@return the console} */
    public ContainerTerminal console() {
        return console;
    }

    /**
     * Another terminal, if the container is to have so many, or has.
     *
     * @param number from 1 on
     * @return the terminal
     * @throws InvalidConfigException if the container isn't to have so many
     */
    public ContainerTerminal configured(int number) {
        int most = instance.record().config().ttys();
        synchronized (ttys) {
            if (!ttys.containsKey(number) && (number < 1 || number > most)) {
                String allowed = most == 0 ? "none, since Config.ttys is 0" : "a number from 1 to " + most;
                throw new InvalidConfigException("tty", number, allowed);
            }
        }
        return tty(number);
    }

    ContainerTerminal tty(int number) {
        synchronized (ttys) {
            return ttys.computeIfAbsent(number, missing -> {
                ContainerTerminal made = new ContainerTerminal(instance, capacity);
                if (running) {
                    made.begin();
                }
                return made;
            });
        }
    }

    /** A run has begun. */
    void begin() {
        synchronized (ttys) {
            running = true;
            console.begin();
            ttys.values().forEach(ContainerTerminal::begin);
        }
    }

    /** The container has stopped: whoever follows a terminal comes to its end. */
    void end() {
        synchronized (ttys) {
            running = false;
            console.output().end();
            ttys.values().forEach(tty -> tty.output().end());
        }
    }
}

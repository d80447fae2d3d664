package io.lxj.lifecycle;

import io.lxj.config.ByteSize;
import io.lxj.supervise.ConsoleOutput;
import io.lxj.supervise.ConsoleSink;
import java.io.IOException;
import java.util.Optional;

/** A terminal of a container, whichever run it is in: what it shows, and what is typed there. Thread-safe. */
public final class ContainerTerminal implements ConsoleSink {
    private final Instance instance;
    private final ConsoleOutput output;
    private volatile Optional<ConsoleSink> current = Optional.empty();

    ContainerTerminal(Instance instance, ByteSize capacity) {
        this.instance = instance;
        this.output = new ConsoleOutput((int) capacity.bytes());
    }

    /** {@return what it shows} */
    public ConsoleOutput output() {
        return output;
    }

    /** A run has begun; what is typed goes nowhere until it is connected. */
    void begin() {
        current = Optional.empty();
        output.begin();
    }

    /** What is typed goes there from now on. */
    void connect(ConsoleSink sink) {
        current = Optional.of(sink);
    }

    private ConsoleSink current() throws IOException {
        return current.filter(sink -> instance.life().hasRun())
                .orElseThrow(() -> new IOException("container " + instance.name()
                        + " isn't running, or runs under another JVM that has its terminal"));
    }

    @Override
    public void send(byte[] bytes) throws IOException {
        current().send(bytes);
    }

    @Override
    public int offer(byte[] bytes) throws IOException {
        return current().offer(bytes);
    }

    @Override
    public void resize(int rows, int columns) throws IOException {
        current().resize(rows, columns);
    }
}

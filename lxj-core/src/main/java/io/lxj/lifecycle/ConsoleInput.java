package io.lxj.lifecycle;

import io.lxj.supervise.ConsoleSink;
import java.io.IOException;

/** What is typed on a container's console, whichever run it is in. Thread-safe. */
final class ConsoleInput implements ConsoleSink {
    private final Instance instance;

    ConsoleInput(Instance instance) {
        this.instance = instance;
    }

    private ConsoleSink current() throws IOException {
        return instance.currentInput()
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

package io.lxj.lifecycle;

import io.lxj.launch.InitLauncher.Launched;
import io.lxj.linux.Fd;
import java.util.List;
import java.util.stream.Stream;

/**
 * What this JVM has of a running container's own.
 *
 * @param console the master of its console
 * @param notifySocket the socket on which systemd says that it has booted
 * @param ttys the masters of its other terminals
 */
record RunFds(Fd console, Fd notifySocket, List<Fd> ttys) {
    static RunFds of(Launched launched) {
        return new RunFds(launched.console(), launched.notifySocket(), launched.ttys());
    }

    List<Fd> all() {
        return Stream.concat(Stream.of(console, notifySocket), ttys.stream()).toList();
    }

    void close() {
        all().forEach(Fd::close);
    }
}

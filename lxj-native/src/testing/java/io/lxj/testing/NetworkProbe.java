package io.lxj.testing;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Network interfaces of this JVM's network namespace. */
final class NetworkProbe implements Probe {

    @Override
    public String kind() {
        return "network interface";
    }

    @Override
    public List<String> look() throws IOException {
        return Host.list(Path.of("/sys/class/net")).stream()
                .map(entry -> entry.getFileName().toString())
                .sorted()
                .toList();
    }

    @Override
    public void remove(String leaked) throws IOException, InterruptedException {
        Host.run("ip", "link", "delete", leaked).waitFor();
    }
}

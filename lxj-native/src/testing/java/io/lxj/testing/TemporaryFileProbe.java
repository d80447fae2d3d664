package io.lxj.testing;

import java.io.IOException;
import java.util.List;

/**
 * Entries of the temporary folder. JUnit's own folders stay out: they are removed after this check, by JUnit, which
 * complains itself when it can't.
 */
final class TemporaryFileProbe implements Probe {

    @Override
    public String kind() {
        return "temporary file";
    }

    @Override
    public List<String> look() throws IOException {
        return Host.list(Host.temporaryFolder()).stream()
                .map(entry -> entry.getFileName().toString())
                .filter(name -> !name.startsWith("junit") && !name.startsWith("hsperfdata") && !name.startsWith("jna"))
                .filter(name -> Host.ownsTemporaryFolder() || name.contains("lxj"))
                .sorted()
                .map(name -> Host.temporaryFolder().resolve(name).toString())
                .toList();
    }

    @Override
    public void remove(String leaked) throws IOException, InterruptedException {
        Host.run("rm", "-r", "-f", "--one-file-system", "--", leaked).waitFor();
    }
}

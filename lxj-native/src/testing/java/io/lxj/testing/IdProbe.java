package io.lxj.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Ids that containers still have, as links to their folders say. */
final class IdProbe implements Probe {
    private static final Path IDS = Caller.isRoot()
            ? Path.of("/var/lib/lxj-ids")
            : Path.of(System.getProperty("user.home"), ".local/share/lxj-ids");

    @Override
    public String kind() {
        return "ids of a container";
    }

    @Override
    public List<String> look() throws IOException {
        List<String> found = new ArrayList<>();
        for (Path link : Files.isReadable(IDS) ? Host.list(IDS) : List.<Path>of()) {
            try {
                Path container = Files.readSymbolicLink(link);
                if (Host.isExclusive() || container.startsWith(Host.temporaryFolder())) {
                    found.add(link.toString());
                }
            } catch (NoSuchFileException e) {
                // Given back meanwhile.
            }
        }
        return found.stream().sorted().toList();
    }

    @Override
    public String describe(String leaked) throws IOException {
        return leaked + " of " + Files.readSymbolicLink(Path.of(leaked));
    }

    @Override
    public void remove(String leaked) throws IOException {
        Files.deleteIfExists(Path.of(leaked));
    }
}

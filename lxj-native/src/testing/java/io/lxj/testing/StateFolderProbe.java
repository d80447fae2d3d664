package io.lxj.testing;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Containers and half-made things in the {@link StateFolder}s of a test. Images may stay. */
final class StateFolderProbe implements Probe {
    private final List<Path> folders;

    StateFolderProbe(List<Path> folders) {
        this.folders = folders;
    }

    @Override
    public String kind() {
        return "entry of the state folder";
    }

    @Override
    public List<String> look() throws IOException {
        List<Path> found = new ArrayList<>();
        for (Path folder : folders) {
            found.addAll(Host.list(folder.resolve("containers")));
            Predicate<Path> halfMade = entry -> {
                String name = entry.getFileName().toString();
                return name.startsWith(".") || name.endsWith(".tmp");
            };
            Stream.concat(Host.list(folder).stream(), Host.list(folder.resolve("images")).stream())
                    .filter(halfMade)
                    .forEach(found::add);
        }
        return found.stream().map(Path::toString).sorted().toList();
    }

    @Override
    public String describe(String leaked) {
        String[] entries = Path.of(leaked).toFile().list();
        return entries == null ? leaked : leaked + " with " + Arrays.toString(entries);
    }
}

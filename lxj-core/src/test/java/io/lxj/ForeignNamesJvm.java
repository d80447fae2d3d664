package io.lxj;

import io.lxj.config.Config;
import java.nio.file.Path;

/** Pushes, lists and pulls a tree whose names aren't UTF-8, in a JVM that was started in a locale of its own. */
final class ForeignNamesJvm {
    private ForeignNamesJvm() {}

    /**
     * The arguments: state folder with the image "alpine", tree of the host, folder for what is pulled.
     */
    public static void main(String[] arguments) {
        try (Lxj lxj = Lxj.open(Path.of(arguments[0]))) {
            Container container = lxj.containers().create("web1", Config.ofImage("alpine"));
            ContainerFiles files = container.files();
            files.push(Path.of(arguments[1]), "/srv/tree");
            files.write("/srv/tree/\udcfe\u00e4", "written");
            files.list("/srv/tree").forEach(file -> System.out.println(escaped(file.name())));
            files.pull("/srv/tree", Path.of(arguments[2]));
            container.destroy();
        }
    }

    private static String escaped(String name) {
        StringBuilder out = new StringBuilder();
        name.chars().forEach(c -> out.append(c < 128 ? String.valueOf((char) c) : String.format("<%04x>", c)));
        return out.toString();
    }
}

package io.lxj;

import io.lxj.config.Config;
import java.nio.file.Path;

/** Builds an image of another, and waits at a step to be killed. */
final class BuildingJvm {
    private BuildingJvm() {}

    /**
     * The arguments: state folder, a file of the host to copy, step.
     */
    public static void main(String[] arguments) throws InterruptedException {
        String step = arguments[2];
        try (Lxj lxj = Lxj.open(Path.of(arguments[0]))) {
            announceIf(step.equals("copying the image"));
            ImageBuilder builder = lxj.images().builder(lxj.images().get("alpine"));
            waitAt(step, "begun");
            announceIf(step.equals("adding files"));
            builder.add(Path.of(arguments[1]), "/srv/large");
            announceIf(step.equals("running"));
            builder.run("sh", "-c", step.equals("running") ? "sleep 1000000 & touch /running; sleep 1000000" : "true");
            waitAt(step, "before publish");
            announceIf(step.equals("publishing"));
            lxj.containers().create("web1", Config.of(builder.build("built")));
            waitAt(step, "published");
        }
    }

    private static void waitAt(String step, String reached) throws InterruptedException {
        if (step.equals(reached)) {
            announceIf(true);
            Thread.sleep(600_000);
        }
    }

    private static void announceIf(boolean reached) {
        if (reached) {
            System.out.println("reached");
        }
    }
}

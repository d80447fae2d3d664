package io.lxj;

import io.lxj.config.Config;
import io.lxj.config.ProcessSettings;
import io.lxj.error.InvalidConfigException;
import java.nio.file.Path;

/** Says which scores for when memory is short it can give containers. */
final class ScoreJvm {
    private ScoreJvm() {}

    /** The argument: a state folder with an image "alpine". */
    public static void main(String[] arguments) {
        try (Lxj lxj = Lxj.open(Path.of(arguments[0]))) {
            for (int score : new int[] {-1, 0, 1}) {
                Config config = Config.ofImage("alpine").processes(ProcessSettings.DEFAULT.oomScoreAdjust(score));
                try {
                    lxj.containers().create("scored", config).destroy();
                    System.out.println(score + " created");
                } catch (InvalidConfigException e) {
                    System.out.println(score + " " + e.getMessage());
                }
            }
        }
    }
}

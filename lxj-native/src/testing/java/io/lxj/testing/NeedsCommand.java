package io.lxj.testing;

import java.io.File;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.extension.ExtendWith;

/** The test compares with, or is helped by, programs of the host: an assembler, tar, getfacl. */
@Documented
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(NeedsCommand.Condition.class)
public @interface NeedsCommand {
    /** The commands by name, as PATH finds them; all are needed. */
    String[] value();

    /** Looks the commands up on PATH. */
    final class Condition extends Requirement<NeedsCommand> {
        Condition() {
            super(NeedsCommand.class);
        }

        @Override
        Optional<String> missing(NeedsCommand required) {
            List<String> missing = Arrays.stream(required.value())
                    .filter(command -> !isOnPath(command))
                    .toList();
            return missing.isEmpty()
                    ? Optional.empty()
                    : Optional.of("needs commands that are not on PATH: " + String.join(", ", missing));
        }

        private static boolean isOnPath(String command) {
            String path = Optional.ofNullable(System.getenv("PATH")).orElse("/usr/bin:/bin");
            return Arrays.stream(path.split(File.pathSeparator))
                    .map(folder -> Path.of(folder, command))
                    .anyMatch(file -> Files.isRegularFile(file) && Files.isExecutable(file));
        }
    }
}

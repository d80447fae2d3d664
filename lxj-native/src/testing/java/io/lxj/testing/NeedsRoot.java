package io.lxj.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.extension.ExtendWith;

/** The test makes namespaces, mounts or cgroups as only root with CAP_SYS_ADMIN may. */
@Documented
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(NeedsRoot.Condition.class)
public @interface NeedsRoot {

    /** Reads who runs the tests from /proc/self/status, see proc_pid_status(5). */
    final class Condition extends Requirement<NeedsRoot> {
        private static final int CAP_SYS_ADMIN = 21;

        Condition() {
            super(NeedsRoot.class);
        }

        @Override
        Optional<String> missing(NeedsRoot required) {
            String effectiveUser = statusField("Uid:").split("\\s+")[1];
            if (!effectiveUser.equals("0")) {
                return Optional.of("needs root, but runs as uid " + effectiveUser);
            }
            if (!new BigInteger(statusField("CapEff:"), 16).testBit(CAP_SYS_ADMIN)) {
                return Optional.of("needs root with CAP_SYS_ADMIN, which this root has not");
            }
            return Optional.empty();
        }

        private static String statusField(String name) {
            try {
                return Files.readAllLines(Path.of("/proc/self/status")).stream()
                        .filter(line -> line.startsWith(name))
                        .map(line -> line.substring(name.length()).strip())
                        .findFirst()
                        .orElseThrow(() -> new IllegalStateException("no " + name + " in /proc/self/status"));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}

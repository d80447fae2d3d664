package io.lxj.testing;

import java.io.IOException;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The test makes containers, with ids and cgroups: as root, or as an ordinary user who has lines in /etc/subuid and
 * /etc/subgid and whose cgroup is delegated, as {@code .ci/ordinary} sees to.
 */
@Documented
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(NeedsContainers.Condition.class)
public @interface NeedsContainers {

    /** Looks at what this user has been given. */
    final class Condition extends Requirement<NeedsContainers> {
        Condition() {
            super(NeedsContainers.class);
        }

        @Override
        Optional<String> missing(NeedsContainers required) {
            if (Caller.isRoot()) {
                return Caller.missingForRoot();
            }
            // A user is given another name to be without ids, see NeedsOwnFiles.
            boolean several = Caller.hasIds() || System.getProperty("user.name").equals(NeedsOwnFiles.NOBODY);
            if (!several) {
                return Optional.of("needs root, or lines of this user in /etc/subuid and /etc/subgid");
            }
            return hasCgroup()
                    ? Optional.empty()
                    : Optional.of("needs root, or a cgroup that is delegated to this user");
        }

        private static boolean hasCgroup() {
            try {
                String membership = Files.readString(Path.of("/proc/self/cgroup"), StandardCharsets.ISO_8859_1)
                        .lines()
                        .filter(line -> line.startsWith("0::"))
                        .findFirst()
                        .orElse("0::/");
                for (Path mount : MountProbe.cgroupMounts()) {
                    Path own = mount.resolve(membership.substring("0::/".length()));
                    if (Files.isWritable(own.resolve("cgroup.procs"))) {
                        return true;
                    }
                }
                return false;
            } catch (IOException e) {
                return false;
            }
        }
    }
}

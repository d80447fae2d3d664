package io.lxj.testing;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.extension.ExtendWith;

/** The test imports real root filesystems; {@link TestRootfs#find} gives their archives. */
@Documented
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(NeedsRootfs.Condition.class)
public @interface NeedsRootfs {
    /** The names as {@link TestRootfs#find} takes them; all are needed. */
    String[] value();

    /** Looks the archives up. */
    final class Condition extends Requirement<NeedsRootfs> {
        Condition() {
            super(NeedsRootfs.class);
        }

        @Override
        Optional<String> missing(NeedsRootfs required) {
            List<String> missing = Arrays.stream(required.value())
                    .filter(name -> TestRootfs.lookup(name).isEmpty())
                    .toList();
            return missing.isEmpty()
                    ? Optional.empty()
                    : Optional.of("needs the root filesystems " + String.join(", ", missing) + ", which are in none of "
                            + TestRootfs.folders() + "; .ci/rootfs makes the Debian ones");
        }
    }
}

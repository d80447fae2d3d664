package io.lxj.testing;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The test looks at the files of a state folder itself. Those of an ordinary user who has ids for containers are out of
 * the user's own reach; so it runs with the name of a user who has none, whose files stay the user's.
 */
@Tag("own-files")
@Documented
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(NeedsOwnFiles.Condition.class)
public @interface NeedsOwnFiles {
    /** What user.name is set to, see the profile ordinary-user. */
    String NOBODY = "nobody";

    /** Looks at whether the user has ids. */
    final class Condition extends Requirement<NeedsOwnFiles> {
        Condition() {
            super(NeedsOwnFiles.class);
        }

        @Override
        Optional<String> missing(NeedsOwnFiles required) {
            return Caller.isRoot() || !Caller.hasIds()
                    ? Optional.empty()
                    : Optional.of("needs root, or a user without ids in /etc/subuid: run with -Duser.name=" + NOBODY);
        }
    }
}

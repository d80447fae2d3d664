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
 * The test does, or is about, what only root with CAP_SYS_ADMIN may do. What an ordinary user can do as well takes
 * {@link NeedsContainers} instead; the run as an ordinary user leaves all tests of this tag out.
 */
@Tag("root")
@Documented
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(NeedsRoot.Condition.class)
public @interface NeedsRoot {
    /** What of it an ordinary user can't do: the end of the sentence "needs root, because it ...". */
    String value() default "does what only root may do";

    /** Looks at who runs the tests. */
    final class Condition extends Requirement<NeedsRoot> {
        Condition() {
            super(NeedsRoot.class);
        }

        @Override
        Optional<String> missing(NeedsRoot required) {
            return Caller.missingForRoot().map(missing -> missing + ", because it " + required.value());
        }
    }
}

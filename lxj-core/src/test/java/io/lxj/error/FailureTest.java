package io.lxj.error;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import org.junit.jupiter.api.Test;

class FailureTest {
    private static final Failure FAILURE = Failure.of("start web1", "the root can't be set up");

    @Test
    void tellsActionProblemCallAndHintInThisOrder() {
        Failure failure = FAILURE.call("mkdirat(5, \"etc\", 0755)", "EROFS", "Read-only file system")
                .hint("mount the state folder writable");

        assertThat(failure.message())
                .isEqualTo("start web1: the root can't be set up: mkdirat(5, \"etc\", 0755): "
                        + "EROFS (Read-only file system); mount the state folder writable");
    }

    @Test
    void leavesOutWhatIsNotKnown() {
        assertThat(Failure.of("start web1").message()).isEqualTo("start web1");
        assertThat(Failure.of("start web1").hint("wait").message()).isEqualTo("start web1; wait");
        assertThat(Failure.of("start web1").call("getpid()", "EIO", "I/O").message())
                .isEqualTo("start web1: getpid(): EIO (I/O)");
    }

    @Test
    void tellsThePlaceBeforeTheProblem() {
        assertThat(FAILURE.at("step 2 of 3").message()).isEqualTo("start web1: step 2 of 3: the root can't be set up");
        assertThat(Failure.of("start web1").at("step 2 of 3").message()).isEqualTo("start web1: step 2 of 3");
    }

    @Test
    void isAValue() {
        assertThat(FAILURE.hint("wait")).isNotEqualTo(FAILURE).isEqualTo(FAILURE.hint("wait"));
        assertThat(FAILURE.hint()).isEmpty();
    }

    @Test
    void namesFromOutsideCannotForgeLinesOrDriveATerminal() {
        String message = Failure.of("import x", "entry \"a\nb\033[2Jc\u202ed\u2028e\udc80\" is odd")
                .message();

        assertThat(message).isEqualTo("import x: entry \"a\\u000ab\\u001b[2Jc\\u202ed\\u2028e\\udc80\" is odd");
    }

    @Test
    void lettersOfAllLanguagesStayAsTheyAre() {
        String names = "Grüße, 世界, Привет, 😀";

        assertThat(Failure.of(names).message()).isEqualTo(names);
    }

    @Test
    void refusesNull() {
        assertThatNullPointerException().isThrownBy(() -> Failure.of(null)).withMessage("action");
        assertThatNullPointerException().isThrownBy(() -> Failure.of("a", null)).withMessage("problem");
        assertThatNullPointerException()
                .isThrownBy(() -> FAILURE.call("a()", null, "b"))
                .withMessage("errno");
    }
}

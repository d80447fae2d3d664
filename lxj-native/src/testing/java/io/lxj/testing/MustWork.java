package io.lxj.testing;

import org.opentest4j.TestAbortedException;

/**
 * Whether a test may be skipped because its host lacks something. Where every test has to run, as in continuous
 * integration, the environment has LXJ_MUST_WORK=1: what would be a skip is a failure then, so that nobody takes a suite
 * that tested nothing for a green one.
 */
public final class MustWork {
    private MustWork() {}

    /** Whether this host promises all that the tests need. */
    public static boolean isSet() {
        return "1".equals(System.getenv("LXJ_MUST_WORK"));
    }

    /**
     * Ends the running test: skipped with the reason, or failed where no test may be skipped.
     *
     * @return nothing; declared so that a caller can write {@code throw MustWork.missing(...)}
     */
    public static RuntimeException missing(String reason) {
        if (isSet()) {
            throw new AssertionError("LXJ_MUST_WORK is set, so this may not be missing: " + reason);
        }
        System.err.println("Skipped a test: " + reason);
        throw new TestAbortedException(reason);
    }
}

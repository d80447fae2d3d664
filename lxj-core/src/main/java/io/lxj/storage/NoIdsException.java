package io.lxj.storage;

import io.lxj.error.Failure;
import io.lxj.error.LxjException;

/** A user can't have the ids for containers that have users of their own. */
final class NoIdsException extends LxjException {
    private static final long serialVersionUID = 1L;

    private final String problem;

    NoIdsException(Failure failure) {
        super(failure);
        this.problem = failure.problem();
    }

    /** What is missing. */
    String problem() {
        return problem;
    }
}

package io.lxj;

import io.lxj.linux.Errno;

/**
 * How an attempt to escape went.
 *
 * @param attempt what was tried
 * @param call the system call that was refused
 * @param answer its error, or what else became of it
 */
record EscapeOutcome(EscapeAttempt attempt, String call, String answer) {
    static final String WORTHLESS = "worth nothing";
    static final String KILLED = "killed";
    static final String SUCCEEDED = "SUCCEEDED";

    /** A line of a table in Markdown. */
    String row() {
        return "| " + attempt.topic() + " | " + attempt.what() + " | " + call + " | " + answer + " |";
    }

    /** Whether nothing was gained, by what is there to deny it. */
    boolean isAsExpected() {
        return attempt.answers().here().contains(answer);
    }

    /** Whether it was refused, and not for want of something that this kernel doesn't have. */
    boolean isDenied() {
        return !answer.equals("ENODEV") && !answer.equals("ENOENT");
    }

    static String name(int error) {
        return Errno.of(error).map(Errno::name).orElse("errno " + error);
    }
}

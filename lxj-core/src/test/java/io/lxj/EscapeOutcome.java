package io.lxj;

import io.lxj.linux.Errno;

/**
 * How an attempt to escape went.
 *
 * @param attempt what was tried
 * @param call the system call that was refused
 * @param answer its error, or what else became of it
 * @param failed whether nothing was gained
 */
record EscapeOutcome(EscapeAttempt attempt, String call, String answer, boolean failed) {
    /** A line of a table in Markdown. */
    String row() {
        return "| " + attempt.topic() + " | " + attempt.what() + " | " + call + " | " + answer + " |";
    }

    static String name(int error) {
        return Errno.of(error).map(Errno::name).orElse("errno " + error);
    }
}

package io.lxj;

/**
 * The JDK's jshell reads the terminal itself while it runs what was typed, to find a Ctrl-C there. Whoever else reads it
 * in this JVM gets what is left.
 */
final class Jshell {
    /** The package and the beginning of the names of the classes that jshell makes of what is typed. */
    private static final String SNIPPET = "REPL.$JShell$";

    private Jshell() {}

    /** Whether it is jshell that runs the caller. */
    static boolean isCaller() {
        return StackWalker.getInstance()
                .walk(frames -> frames.anyMatch(frame -> frame.getClassName().startsWith(SNIPPET)));
    }
}

package io.lxj.linux;

import java.util.List;

/**
 * What becomes of a system call. Immutable and thread-safe.
 *
 * @param call its name; a way into the kernel that has no such call is not concerned
 * @param tests conditions on its arguments that must all hold; empty for every call
 * @param verdict what becomes of it then
 */
public record SyscallRule(String call, List<ArgumentTest> tests, SeccompVerdict verdict) {
    /**
     * Takes a copy of the list.
     *
     * @param call see {@link #call()}
     * @param tests see {@link #tests()}
     * @param verdict see {@link #verdict()}
     */
    public SyscallRule {
        tests = List.copyOf(tests);
    }

    boolean fits(long[] arguments) {
        for (ArgumentTest test : tests) {
            if (!test.holds(arguments[test.argument()])) {
                return false;
            }
        }
        return true;
    }

    /** The rule in one line. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(call);
        for (int i = 0; i < tests.size(); i++) {
            text.append(i == 0 ? " if " : " and ").append(tests.get(i));
        }
        return text.append(": ").append(verdict).toString();
    }
}

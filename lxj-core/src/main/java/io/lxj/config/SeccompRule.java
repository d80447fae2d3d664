package io.lxj.config;

import io.lxj.error.InvalidConfigException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;

/**
 * What becomes of some system calls. An immutable value; every method that sets something returns a new one.
 * Thread-safe.
 *
 * @param calls the calls, under their names in section 2 of the manual; at least one. An architecture that has no call of
 *     a name isn't concerned
 * @param arguments conditions on the arguments of the call that must all be met; empty if they don't matter
 * @param action what becomes of the calls then
 * @param condition when the rule holds at all
 */
public record SeccompRule(
        List<String> calls, List<SeccompArgument> arguments, SeccompAction action, SeccompCondition condition) {
    private static final int MOST_ARGUMENTS = 32;
    private static final Pattern NAME = Pattern.compile("[a-z0-9_]{1,64}");

    /**
     * Takes copies of the lists.
     *
     * @param calls see {@link #calls()}
     * @param arguments see {@link #arguments()}
     * @param action see {@link #action()}
     * @param condition see {@link #condition()}
     * @throws InvalidConfigException if there is no call, or one of a name that no call can have; if there are more than 32
     *     conditions on arguments
     */
    public SeccompRule {
        calls = List.copyOf(calls);
        arguments = List.copyOf(arguments);
        Objects.requireNonNull(action, "action");
        Objects.requireNonNull(condition, "condition");
        if (calls.isEmpty()) {
            throw new InvalidConfigException("seccomp.names", "", "one or more names of system calls");
        }
        if (arguments.size() > MOST_ARGUMENTS) {
            throw InvalidConfigException.problem(
                    "seccomp.args",
                    arguments.size() + " conditions for " + String.join(" ", calls),
                    "at most " + MOST_ARGUMENTS);
        }
        for (String call : calls) {
            if (!NAME.matcher(call).matches()) {
                throw new InvalidConfigException(
                        "seccomp.names", call, "names of system calls: small letters, digits and '_'");
            }
        }
    }

    /**
     * A rule for some calls, whatever their arguments.
     *
     * @param action what becomes of them
     * @param calls the calls
     * @return the rule
     * @throws InvalidConfigException if there is no call, or one of a name that no call can have
     */
    public static SeccompRule of(SeccompAction action, String... calls) {
        return new SeccompRule(List.of(calls), List.of(), action, SeccompCondition.ALWAYS);
    }

    /**
     * The same with one more condition on an argument.
     *
     * @param argument the condition
     * @return the rule
     * @throws InvalidConfigException if there are 32
     */
    public SeccompRule argument(SeccompArgument argument) {
        List<SeccompArgument> all = new ArrayList<>(arguments);
        all.add(argument);
        return new SeccompRule(calls, all, action, condition);
    }

    /**
     * The same under another condition.
     *
     * @param when when the rule holds
     * @return the rule
     */
    public SeccompRule onlyIf(SeccompCondition when) {
        return new SeccompRule(calls, arguments, action, when);
    }

    /** Whether there is no more than one condition for each argument of the call. */
    static boolean areDistinct(List<SeccompArgument> arguments) {
        return arguments.stream().map(SeccompArgument::index).distinct().count() == arguments.size();
    }

    /** {@return the rule in one line, for example {@code errno 1: ioctl if (arg1 & 0xffffffff) == 0x5412}} */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(action + ": " + String.join(" ", calls));
        for (int i = 0; i < arguments.size(); i++) {
            text.append(i == 0 ? " if " : " and ").append(arguments.get(i));
        }
        String when = condition.toString();
        return text.append(when.isEmpty() ? "" : " (" + when + ")").toString();
    }
}

package io.lxj.linux;

import java.util.ArrayList;
import java.util.List;

/**
 * What becomes of one system call: the rules for it in the order in which they are tried, and what holds if none fits.
 * Immutable and thread-safe.
 */
record SeccompAnswer(List<SyscallRule> rules, SeccompVerdict otherwise) {
    static SeccompAnswer of(SeccompVerdict verdict) {
        return new SeccompAnswer(List.of(), verdict);
    }

    /** With one more rule, which takes precedence over those that are there. */
    SeccompAnswer with(SyscallRule rule) {
        List<SyscallRule> all = new ArrayList<>();
        all.add(rule);
        all.addAll(rules);
        return new SeccompAnswer(List.copyOf(all), otherwise);
    }

    SeccompVerdict verdict(long... arguments) {
        for (SyscallRule rule : rules) {
            if (rule.fits(arguments)) {
                return rule.verdict();
            }
        }
        return otherwise;
    }
}

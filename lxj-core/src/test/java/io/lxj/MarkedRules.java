package io.lxj;

import io.lxj.config.SeccompAction;
import io.lxj.config.SeccompProfile;
import io.lxj.config.SeccompRule;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * The rules of the standard profile that hold for a kind of containers, and calls that they are about.
 *
 * @param profile the same rules, each with an error number of its own: that tells the rule from whatever else could deny
 *     the call
 * @param calls the calls
 * @param marks what each call returns under that profile
 * @param errors what each call returns under the standard profile
 */
record MarkedRules<C>(SeccompProfile profile, List<C> calls, List<Long> marks, List<Long> errors) {
    private static final int MARK = 3000;

    /** Those for containers with a user namespace, or for those without. */
    static <C> MarkedRules<C> of(boolean userNamespace, Function<SeccompRule, List<C>> matching) {
        List<SeccompRule> rules = SeccompProfile.standard().rules();
        SeccompProfile marked = SeccompProfile.of(SeccompAction.ALLOW);
        List<C> calls = new ArrayList<>();
        List<Long> marks = new ArrayList<>();
        List<Long> errors = new ArrayList<>();
        for (int i = 0; i < rules.size(); i++) {
            SeccompRule rule = rules.get(i);
            marked = marked.rule(
                    new SeccompRule(rule.calls(), rule.arguments(), SeccompAction.errno(MARK + i), rule.condition()));
            boolean holds = rule.condition().userNamespace().orElse(userNamespace) == userNamespace;
            for (C call : holds ? matching.apply(rule) : List.<C>of()) {
                calls.add(call);
                marks.add(-(long) (MARK + i));
                errors.add(-(long) rule.action().errno());
            }
        }
        return new MarkedRules<>(marked, calls, marks, errors);
    }
}

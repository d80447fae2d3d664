package io.lxj.lifecycle;

import io.lxj.config.SeccompAction;
import io.lxj.config.SeccompArgument;
import io.lxj.config.SeccompProfile;
import io.lxj.config.SeccompRule;
import io.lxj.linux.CloneFlags;

/** What a container may not whose root is, for the kernel, the user that runs lxj. */
final class UsersOwn {
    private static final SeccompArgument CGROUP_NAMESPACE =
            SeccompArgument.masked(0, CloneFlags.CLONE_NEWCGROUP, CloneFlags.CLONE_NEWCGROUP);

    private static final String CLONE3 = "clone3";
    private static final SeccompAction DENIED = SeccompAction.errno(SeccompAction.EPERM);
    private static final SeccompAction NOT_THERE = SeccompAction.errno(SeccompAction.ENOSYS);

    private UsersOwn() {}

    /**
     * A profile with that.
     *
     * @param cgroup whether the container has one of its own. If not, it is in the JVM's, below which there may be others of
     *     the user: whoever has a cgroup namespace can mount them
     */
    static SeccompProfile profile(SeccompProfile profile, boolean cgroup) {
        // Keys belong to users.
        SeccompProfile keyless = profile.deny("add_key", "request_key", "keyctl");
        if (cgroup) {
            return keyless;
        }
        SeccompProfile confined =
                keyless.rule(SeccompRule.of(DENIED, "unshare", "clone").argument(CGROUP_NAMESPACE));
        // Its flags are in memory: programs do without it where it isn't there. A rule for it would make known ones of
        // the
        // calls between it and those that a profile names.
        return isReached(profile) ? confined.rule(SeccompRule.of(NOT_THERE, CLONE3)) : confined;
    }

    private static boolean isReached(SeccompProfile profile) {
        return profile.defaultAction().equals(SeccompAction.ALLOW)
                || profile.defaultAction().equals(SeccompAction.LOG)
                || profile.rules().stream().anyMatch(rule -> rule.calls().contains(CLONE3));
    }
}

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
        SeccompAction denied = SeccompAction.errno(SeccompAction.EPERM);
        return keyless.rule(SeccompRule.of(denied, "unshare").argument(CGROUP_NAMESPACE))
                .rule(SeccompRule.of(denied, "clone").argument(CGROUP_NAMESPACE))
                // Whose flags are in memory: programs do without it where it isn't there.
                .rule(SeccompRule.of(SeccompAction.errno(SeccompAction.ENOSYS), "clone3"));
    }
}

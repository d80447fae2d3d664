package io.lxj.plan;

import java.util.List;
import java.util.Map;

/**
 * All that running a program in a container depends on. Immutable and thread-safe.
 *
 * @param container the container, for messages
 * @param candidates paths in the container to try one after the other: the program itself if it has a slash, else the
 *     program in every folder of PATH
 * @param argv the program's name and arguments
 * @param environment complete
 * @param workingDirectory in the container
 * @param uid user
 * @param gid group
 * @param groups supplementary groups
 * @param terminal whether standard input is a terminal that becomes the controlling one
 * @param userNamespace whether the container has a user namespace of its own, whose ids these are
 * @param confinement as for the container's init
 */
public record ExecSpec(
        String container,
        List<String> candidates,
        List<String> argv,
        Map<String, String> environment,
        String workingDirectory,
        int uid,
        int gid,
        List<Integer> groups,
        boolean terminal,
        boolean userNamespace,
        Confinement confinement) {
    /** Takes copies of the collections. */
    public ExecSpec {
        candidates = List.copyOf(candidates);
        argv = List.copyOf(argv);
        environment = Map.copyOf(environment);
        groups = List.copyOf(groups);
    }
}

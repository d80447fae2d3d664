package io.lxj.lifecycle;

import io.lxj.config.BindMount;
import io.lxj.config.Config;
import io.lxj.config.Mount;
import io.lxj.error.InvalidConfigException;

/** What root of the host can give a container and an ordinary user can't: refused before anything is made. */
final class OrdinaryUser {
    private static final String AS_ROOT = ", or lxj run as root";

    private OrdinaryUser() {}

    static void check(Config config) {
        if (config.isPrivileged()) {
            throw InvalidConfigException.problem(
                    "privileged",
                    "an ordinary user has no privileges of the host that a container could share",
                    "a container with a user namespace of its own" + AS_ROOT);
        }
        if (config.idMap().isPresent()) {
            throw InvalidConfigException.problem(
                    "idMap",
                    "an ordinary user's files can't be shown with other ids than they have on disk",
                    "the ids that lxj sets apart from the user's in /etc/subuid and /etc/subgid" + AS_ROOT);
        }
        if (config.nesting() > 0) {
            throw InvalidConfigException.problem(
                    "nesting",
                    "an ordinary user's containers can't be given ids for containers in them",
                    "a container without" + AS_ROOT);
        }
        if (!config.devices().isEmpty()) {
            refuseDevice();
        }
        for (Mount mount : config.mounts()) {
            if (mount instanceof BindMount bind && bind.ids().isPresent()) {
                throw InvalidConfigException.problem(
                        "mounts: " + bind.target() + ": shifted",
                        "an ordinary user can't map the ids of files on a file system of the host",
                        "a bind mount that isn't shifted" + AS_ROOT);
            }
        }
    }

    static void refuseDevice() {
        throw InvalidConfigException.problem(
                "devices",
                "an ordinary user can make no device node",
                "the standard nodes, which every container has" + AS_ROOT);
    }
}

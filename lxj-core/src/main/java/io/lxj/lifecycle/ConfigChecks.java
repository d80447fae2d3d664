package io.lxj.lifecycle;

import io.lxj.config.Config;
import io.lxj.config.IdMap;
import io.lxj.config.IdRange;
import io.lxj.error.InvalidConfigException;
import io.lxj.linux.Deputy;
import io.lxj.linux.UserNamespaces;
import java.util.List;
import java.util.Optional;

/**
 * What of a configuration can be told to be bad only by looking at the host. It is refused when a container is created or
 * configured; and once more when it is started, as the host may have changed by then.
 */
final class ConfigChecks {
    private ConfigChecks() {}

    /** What is the same whatever ids the container will get. */
    static void check(Engine engine, String action, String container, Config config) {
        refuseHostRoot(config);
        engine.confinement(config, !config.isPrivileged());
        engine.ids().refuseForeign(container, config);
        Devices.of(action, config.devices(), Optional.empty());
        engine.limits().check(action, config.limits());
        HostSysctls.check(config.sysctls().keySet());
        ProcessChecks.check(action, config, engine.folder().deputy());
    }

    /** What depends on the ids; without any, nothing does. */
    static void check(String container, Config config, Optional<IdMap> ids, Optional<Deputy> deputy) {
        ProcessChecks.checkGroups(config, ids);
        MountSpecs.refuseStrangers(container, config.mounts(), ids, deputy);
    }

    /**
     * Refuses ids set by hand that are those of root of the host, who owns its settings in /proc and /sys: nothing covers
     * these in a user namespace. Of another namespace than the first, root is nobody on the host.
     */
    static void refuseHostRoot(Config config) {
        if (UserNamespaces.inFirst() && config.idMap().isPresent()) {
            refuseHostRoot("idMap.users", config.idMap().get().users());
            refuseHostRoot("idMap.groups", config.idMap().get().groups());
        }
    }

    private static void refuseHostRoot(String field, List<IdRange> ranges) {
        for (IdRange range : ranges) {
            if (range.outside() == 0) {
                throw new InvalidConfigException(
                        field,
                        range,
                        "ids of the host from 1 on; a container that is to have its root is one with"
                                + " Config.privileged()");
            }
        }
    }
}

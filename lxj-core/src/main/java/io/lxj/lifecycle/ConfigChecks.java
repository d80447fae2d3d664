package io.lxj.lifecycle;

import io.lxj.config.Config;
import io.lxj.config.IdMap;
import io.lxj.linux.Deputy;
import java.util.Optional;

/**
 * What of a configuration can be told to be bad only by looking at the host. It is refused when a container is created or
 * configured; and once more when it is started, as the host may have changed by then.
 */
final class ConfigChecks {
    private ConfigChecks() {}

    /** What is the same whatever ids the container will get. */
    static void check(Engine engine, String action, String container, Config config) {
        engine.confinement(config, !config.isPrivileged());
        engine.ids().refuseForeign(container, config);
        engine.ids().refuseTaken(container, config);
        Devices.of(action, config.devices(), Optional.empty());
        engine.limits().check(action, config.limits());
        HostSysctls.check(config.sysctls().keySet());
    }

    /** What depends on the ids; without any, nothing does. */
    static void check(String container, Config config, Optional<IdMap> ids, Optional<Deputy> deputy) {
        MountSpecs.refuseStrangers(container, config.mounts(), ids, deputy);
    }
}

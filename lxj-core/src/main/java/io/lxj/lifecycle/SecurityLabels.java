package io.lxj.lifecycle;

import io.lxj.config.Security;
import io.lxj.error.InvalidConfigException;
import io.lxj.error.UnsupportedHostException;
import io.lxj.linux.SecurityModules;
import io.lxj.plan.SecurityLabel;
import java.util.List;
import java.util.Optional;

/** Turns what is set for security modules into what the launch needs; what the host doesn't have is refused here. */
final class SecurityLabels {
    private SecurityLabels() {}

    static Optional<SecurityLabel> of(Security security) {
        return of(security, SecurityModules.hasAppArmor(), SecurityModules.hasSeLinux());
    }

    static Optional<SecurityLabel> of(Security security, boolean appArmor, boolean seLinux) {
        if (security.appArmor().isPresent() && security.seLinux().isPresent()) {
            throw InvalidConfigException.problem(
                    "security", "has both appArmor and seLinux", "the one that the host has");
        }
        if (security.appArmor().isPresent()) {
            require(appArmor, "AppArmor", "profile " + security.appArmor().get(), "appArmor");
            return security.appArmor().map(SecurityLabel::appArmor);
        }
        if (security.seLinux().isPresent()) {
            require(seLinux, "SELinux", "label " + security.seLinux().get(), "seLinux");
            return security.seLinux().map(SecurityLabel::seLinux);
        }
        return Optional.empty();
    }

    private static void require(boolean inForce, String module, String what, String field) {
        if (inForce) {
            return;
        }
        List<String> names = SecurityModules.names();
        throw new UnsupportedHostException(
                "confine a container by the " + module + " " + what,
                module + " in force",
                (names.isEmpty() ? "" : "it has " + String.join(", ", names) + "; ")
                        + "boot it with the module, or leave security." + field + " out");
    }
}

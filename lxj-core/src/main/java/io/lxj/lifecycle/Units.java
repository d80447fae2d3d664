package io.lxj.lifecycle;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** The units of systemd as the paths of cgroups tell them. Stateless and thread-safe. */
final class Units {
    private static final Pattern USERS = Pattern.compile("user@[0-9]+\\.service");

    private Units() {}

    /**
     * The service or scope that a process is in.
     *
     * @param cgroup the path of its cgroup
     * @param ofUser whether it is the user's systemd that is asked, not the host's
     * @return the unit as that systemd calls it
     */
    static Optional<String> of(String cgroup, boolean ofUser) {
        List<String> units = new ArrayList<>();
        boolean below = !ofUser;
        for (String name : cgroup.split("/")) {
            if (below && (name.endsWith(".service") || name.endsWith(".scope"))) {
                units.add(name);
            }
            below = below || USERS.matcher(name).matches();
        }
        return units.stream().findFirst().filter(unit -> !unit.equals("init.scope"));
    }
}

package io.lxj.linux;

import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;

/** Which controllers a cgroup has, and which of them its children have; see cgroup-v2, "Controllers". Thread-safe. */
public final class CgroupControllers {
    private final Cgroup cgroup;

    CgroupControllers(Cgroup cgroup) {
        this.cgroup = cgroup;
    }

    /**
     * The controllers that can be used in the cgroup.
     *
     * @return their names, sorted
     * @throws LinuxException if they can't be read
     */
    public Set<String> available() throws LinuxException {
        return names("cgroup.controllers");
    }

    /**
     * The controllers that the children can use.
     *
     * @return their names, sorted
     * @throws LinuxException if they can't be read
     */
    public Set<String> enabled() throws LinuxException {
        return names("cgroup.subtree_control");
    }

    private Set<String> names(String attribute) throws LinuxException {
        String text = cgroup.read(attribute);
        return text.isEmpty() ? new TreeSet<>() : new TreeSet<>(Arrays.asList(text.split(" ")));
    }

    /**
     * Lets the children use controllers.
     *
     * @param controllers their names
     * @throws LinuxException ENOENT if one isn't available, EBUSY if there are processes in the cgroup itself
     */
    public void enable(Set<String> controllers) throws LinuxException {
        if (controllers.isEmpty()) {
            return;
        }
        try {
            cgroup.write("cgroup.subtree_control", "+" + String.join(" +", new TreeSet<>(controllers)));
        } catch (LinuxException e) {
            if (e.is(Errno.EBUSY)) {
                throw e.withHint("a cgroup with processes of its own can't pass controllers on to children: move the"
                        + " processes of " + cgroup.path() + " into a child first");
            }
            if (e.is(Errno.ENOENT)) {
                throw e.withHint("available in " + cgroup.path() + ": " + String.join(" ", available()));
            }
            throw e;
        }
    }

    @Override
    public String toString() {
        return "controllers of " + cgroup.path();
    }
}

package io.lxj.lifecycle;

import io.lxj.linux.Cgroup;
import io.lxj.linux.CgroupMount;
import io.lxj.linux.Errno;
import io.lxj.linux.IdleProcess;
import io.lxj.linux.LinuxException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** The cgroup below which those of containers are made. Thread-safe. */
final class CgroupPlace implements AutoCloseable {
    /** Controllers that systemd knows nothing of: it neither enables nor disables them. */
    private static final Set<String> UNMANAGED = Set.of("dmem", "hugetlb", "misc", "rdma");

    private final Cgroup cgroup;
    private final String kind;
    private final Optional<CgroupMount> mount;
    private final Optional<IdleProcess> anchor;
    private final boolean leaf;

    private CgroupPlace(
            Cgroup cgroup, String kind, Optional<CgroupMount> mount, Optional<IdleProcess> anchor, boolean leaf) {
        this.cgroup = cgroup;
        this.kind = kind;
        this.mount = mount;
        this.anchor = anchor;
        this.leaf = leaf;
    }

    /**
     * A cgroup that others may be in, too.
     *
     * @param leaf whether they may be moved to a leaf of it
     */
    static CgroupPlace of(Cgroup cgroup, String kind, boolean leaf) {
        return new CgroupPlace(cgroup, kind, Optional.empty(), Optional.empty(), leaf);
    }

    /**
     * A scope of systemd.
     *
     * @param mount where controllers can be enabled from the top on, for root
     * @param anchor a process in its leaf, without which systemd would remove it
     */
    static CgroupPlace scope(Cgroup cgroup, String kind, Optional<CgroupMount> mount, IdleProcess anchor) {
        return new CgroupPlace(cgroup, kind, mount, Optional.of(anchor), false);
    }

    Cgroup cgroup() {
        return cgroup;
    }

    /** Whether whatever kept it there is gone, and it perhaps, too. */
    boolean isLost() throws LinuxException {
        return anchor.isPresent() && !anchor.get().isAlive();
    }

    /** The controllers that there are, or could be. */
    Set<String> controllers() throws LinuxException {
        Set<String> all = new TreeSet<>(cgroup.controllers().available());
        if (mount.isPresent()) {
            try (Cgroup top = mount.get().open()) {
                Set<String> unmanaged = top.controllers().available();
                unmanaged.retainAll(UNMANAGED);
                all.addAll(unmanaged);
            }
        }
        return all;
    }

    /** Passes controllers on to the children. */
    void enable(Set<String> controllers) throws LinuxException {
        Set<String> above = new TreeSet<>(controllers);
        if (mount.isPresent()) {
            above.retainAll(UNMANAGED);
            above.removeAll(cgroup.controllers().available());
            enableAbove(above);
        }
        try {
            cgroup.controllers().enable(controllers);
        } catch (LinuxException e) {
            if (!e.is(Errno.EBUSY) || !leaf) {
                throw e;
            }
            SupervisorLeaf.fill(cgroup);
            cgroup.controllers().enable(controllers);
        }
    }

    private void enableAbove(Set<String> controllers) throws LinuxException {
        if (controllers.isEmpty()) {
            return;
        }
        Path top = mount.orElseThrow().path();
        for (Path name : top.relativize(Path.of(cgroup.path()))) {
            try (Cgroup above = Cgroup.at(top.toString())) {
                above.controllers().enable(controllers);
            }
            top = top.resolve(name);
        }
    }

    /** Takes in a process of lxj's that is to outlive this one. */
    void shelter(int pid) throws LinuxException {
        if (anchor.isPresent()) {
            try (Cgroup leaf = cgroup.child(SupervisorLeaf.NAME)) {
                leaf.add(pid);
            }
        }
    }

    @Override
    public void close() {
        cgroup.close();
        anchor.ifPresent(IdleProcess::close);
    }

    @Override
    public String toString() {
        return "cgroup v2 at " + cgroup.path() + ", " + kind;
    }
}

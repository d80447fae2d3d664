package io.lxj.lifecycle;

import io.lxj.linux.Deputy;
import io.lxj.linux.Fd;
import io.lxj.linux.LinuxException;
import io.lxj.linux.Metadata;
import io.lxj.linux.Pipe;
import io.lxj.plan.ExecSpec;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Whom the pipes of a command belong to: who runs it, as a terminal does. To open one by its name, as {@code /dev/stderr} or
 * {@code /proc/self/fd/2}, takes the rights on it, and its mode is 0600.
 *
 * @param uid on the host, or among the ids of the deputy
 * @param gid the same for the group
 * @param deputy who gives files away for an ordinary user
 */
record StreamOwner(int uid, int gid, Optional<Deputy> deputy) {
    /** Empty if they belong to it anyhow, or it has no ids: then it can't be executed either. */
    static Optional<StreamOwner> of(Run run, ExecSpec spec) throws LinuxException {
        Optional<Deputy> deputy = run.reach().deputy();
        if (deputy.isPresent() && !deputy.get().hasSeveralIds()) {
            return Optional.empty();
        }
        if (run.ids().isEmpty()) {
            return spec.uid() == 0 && spec.gid() == 0
                    ? Optional.empty()
                    : Optional.of(new StreamOwner(spec.uid(), spec.gid(), deputy));
        }
        OptionalLong user = run.ids().get().hostUser(Integer.toUnsignedLong(spec.uid()));
        OptionalLong group = run.ids().get().hostGroup(Integer.toUnsignedLong(spec.gid()));
        return user.isEmpty() || group.isEmpty()
                ? Optional.empty()
                : Optional.of(new StreamOwner((int) user.getAsLong(), (int) group.getAsLong(), deputy));
    }

    void give(Pipe pipe) throws LinuxException {
        if (deputy.isEmpty()) {
            Metadata.chown(pipe.writer(), uid, gid);
            return;
        }
        try (Fd lent = deputy.get().actFor(pipe.writer())) {
            Metadata.chown(lent, uid, gid);
        }
    }
}

package io.lxj.plan;

import io.lxj.linux.Arg;
import io.lxj.linux.Open;
import io.lxj.linux.ProgramBuilder;
import io.lxj.linux.Syscall;
import io.lxj.plan.LaunchSpec.Overlay;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What a stage gets once there are namespaces: the container's root, whose layers map the ids of files, and its cgroup. */
public final class Rest {
    /** The number of the first: above all that is open by then, below what is sent later on. */
    private static final int FIRST_NUMBER = 800;

    /** A root in two layers, and the cgroup. */
    private static final int MOST = 3;

    private final ProgramBuilder program;
    private FdMessage.Received received;

    Rest(ProgramBuilder program) {
        this.program = program;
    }

    /**
     * The names of the fds that are sent on {@link FdNames#JVM} once they are there.
     *
     * @param spec what is launched
     * @param overlay its root, if the container mounts that
     * @return the names, in the order in which they are sent in one message
     */
    public static List<String> names(LaunchSpec spec, Optional<Overlay> overlay) {
        List<String> names = new ArrayList<>();
        if (overlay.isEmpty()) {
            names.add(FdNames.ROOT);
        } else {
            if (overlay.get().ownLower()) {
                names.add(FdNames.LOWER);
            }
            names.add(FdNames.LAYERS);
        }
        if (spec.confinement().process().hasCgroup()) {
            names.add(FdNames.CGROUP);
        }
        return names;
    }

    /**
     * When the message comes, the rest of the program has been written; and if the stage has made a user namespace, that
     * has its ids.
     *
     * @return the step that waits; what it returns is 0 if the JVM gave up
     */
    ProgramBuilder.Added await() {
        received = FdMessage.receive(program, "wait for the root and the cgroup", program.fd(FdNames.JVM), MOST);
        return received.step();
    }

    /** Gives what has come the numbers that the program knows it by. */
    void take(List<String> names) {
        for (int i = 0; i < names.size(); i++) {
            Arg number = received.fds().get(i);
            Arg place = program.name(names.get(i), FIRST_NUMBER + i);
            program.step("put " + names.get(i) + " in its place", Syscall.DUP3, number, place, Open.O_CLOEXEC);
            program.step("close the extra fd", Syscall.CLOSE, number);
        }
    }
}

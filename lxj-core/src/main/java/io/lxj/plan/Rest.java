package io.lxj.plan;

import io.lxj.linux.Arg;
import io.lxj.linux.Open;
import io.lxj.linux.ProgramBuilder;
import io.lxj.linux.ProgramBuilder.Label;
import io.lxj.linux.Syscall;
import io.lxj.plan.LaunchSpec.Overlay;
import io.lxj.plan.LaunchSpec.UserNamespace;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What a stage gets once there are namespaces: the container's root, whose layers map the ids of files, and its cgroup. */
public final class Rest {
    /** The number of the first: above all that is open by then, below what is sent later on. */
    private static final int FIRST_NUMBER = 800;

    private final ProgramBuilder program;
    private final LaunchSpec spec;

    Rest(ProgramBuilder program, LaunchSpec spec) {
        this.program = program;
        this.spec = spec;
    }

    /**
     * The names of the fds that are sent on {@link FdNames#JVM} once they are there.
     *
     * @param spec what is launched
     * @return the names, in the order in which they are sent in one message
     */
    public static List<String> names(LaunchSpec spec) {
        List<String> names = new ArrayList<>();
        Optional<Overlay> overlay = spec.userNamespace().flatMap(UserNamespace::overlay);
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

    /** If the stage has made a user namespace, that has its ids by the time that the message comes. */
    void await(Label giveUp) {
        List<String> names = names(spec);
        FdMessage.Received received =
                FdMessage.receive(program, "wait for " + names, program.fd(FdNames.JVM), names.size());
        received.step().onZero(giveUp);
        for (int i = 0; i < names.size(); i++) {
            Arg number = received.fds().get(i);
            Arg place = program.name(names.get(i), FIRST_NUMBER + i);
            program.step("put " + names.get(i) + " in its place", Syscall.DUP3, number, place, Open.O_CLOEXEC);
            program.step("close the extra fd", Syscall.CLOSE, number);
        }
    }
}

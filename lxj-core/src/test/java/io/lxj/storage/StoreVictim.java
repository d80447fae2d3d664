package io.lxj.storage;

import io.lxj.config.Config;
import io.lxj.linux.Kernel;
import io.lxj.linux.Syscall;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Works on a state folder until it is killed. Arguments: the state folder, and the step at which it kills itself; without
 * one it goes on for ever, and prints a line for each round.
 */
final class StoreVictim {
    private static final int SIGKILL = 9;

    private final StateFolder state;
    private final ContainerStore store;

    private StoreVictim(StateFolder state, Checkpoints checkpoints) {
        this.state = state;
        this.store = new ContainerStore(state, checkpoints);
    }

    public static void main(String[] arguments) {
        StateFolder state = StateFolder.open(Path.of(arguments[0]));
        if (arguments.length > 1) {
            new StoreVictim(state, step -> dieAt(arguments[1], step)).round("victim");
        } else {
            StoreVictim victim = new StoreVictim(state, Checkpoints.NONE);
            for (int i = 0; ; i++) {
                victim.round("victim" + i);
                System.out.println(i);
            }
        }
        System.out.println("still alive");
    }

    private static void dieAt(String fatal, String step) {
        if (step.equals(fatal)) {
            Kernel.call(Syscall.KILL, Kernel.call(Syscall.GETPID), SIGKILL);
        }
    }

    private void round(String name) {
        Config config = Config.ofImage("image").hostname("first");
        try (Lock lock = state.locks().exclusive(LockName.container(name))) {
            Settled.create(
                    store,
                    lock,
                    config,
                    new FirstBoot("first", MachineId.random(), Optional.empty()),
                    CopyProgress.NONE);
        }
        try (ContainerFolder folder = store.open(name)) {
            folder.configure(config.label("changed", "yes"));
        }
        String other = name + "-renamed";
        try (LockSet locks = state.locks().exclusive(List.of(LockName.container(name), LockName.container(other)))) {
            store.rename(locks, name, other);
        }
        store.delete(state.locks().exclusive(LockName.container(other)), () -> {});
    }
}

package io.lxj.storage;

import io.lxj.config.Config;
import io.lxj.error.AlreadyExistsException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Tries to create containers of names that others want too, and prints those it got. Arguments: state folder, count. */
final class NameClaimer {
    private NameClaimer() {}

    public static void main(String[] arguments) {
        try (StateFolder state = StateFolder.open(Path.of(arguments[0]))) {
            claim(state, Integer.parseInt(arguments[1])).forEach(System.out::println);
        }
    }

    static List<String> claim(StateFolder state, int count) {
        ContainerStore store = new ContainerStore(state, Checkpoints.NONE);
        List<String> claimed = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String name = "web" + i;
            try (Lock lock = state.locks().exclusive(LockName.container(name))) {
                FirstBoot firstBoot = new FirstBoot(name, MachineId.random(), Optional.empty());
                Config config = Config.ofImage("image").hostname(name);
                Settled.create(store, lock, config, firstBoot, CopyProgress.NONE);
                claimed.add(name);
            } catch (AlreadyExistsException e) {
                // The other one was faster.
                continue;
            }
        }
        return claimed;
    }
}

package io.lxj.storage;

import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;

/** Takes a lock, says so, and holds it until it is killed. Arguments: state folder, container, shared or exclusive. */
final class LockHolder {
    private LockHolder() {}

    public static void main(String[] arguments) throws Exception {
        StateFolder state = StateFolder.open(Path.of(arguments[0]));
        LockName name = LockName.container(arguments[1]);
        Lock lock = arguments[2].equals("shared")
                ? state.locks().shared(name)
                : state.locks().exclusive(name);
        System.out.println(lock);
        new CountDownLatch(1).await();
    }
}

package io.lxj;

import io.lxj.linux.Kernel;
import io.lxj.linux.LinuxException;
import io.lxj.linux.Scratch;
import io.lxj.linux.Syscall;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;

/** Keys in the user's keyring, which leave the user fewer for others. Closing gives them back. */
final class TakenKeys implements AutoCloseable {
    private static final long KEY_SPEC_USER_KEYRING = -4;
    private static final long KEYCTL_UNLINK = 9;

    private final Deque<Long> keys = new ArrayDeque<>();

    /** Takes all that are left. See add_key(2). */
    void takeAll() throws LinuxException {
        try (Scratch scratch = Scratch.open()) {
            long type = scratch.string("user".getBytes(StandardCharsets.US_ASCII));
            while (true) {
                long name = scratch.string(("lxj-" + keys.size()).getBytes(StandardCharsets.US_ASCII));
                long key = Kernel.call(Syscall.ADD_KEY, type, name, type, 4, KEY_SPEC_USER_KEYRING);
                if (key < 0) {
                    return;
                }
                keys.push(key);
            }
        }
    }

    void giveBack(int count) {
        for (int i = 0; i < count; i++) {
            Kernel.call(Syscall.KEYCTL, KEYCTL_UNLINK, keys.pop(), KEY_SPEC_USER_KEYRING);
        }
    }

    @Override
    public void close() {
        giveBack(keys.size());
    }
}

package io.lxj.linux;

import static org.assertj.core.api.Assertions.assertThat;

import io.lxj.testing.LeaksNothing;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@LeaksNothing
class CopyWorkersTest {
    private static final int ROUNDS = 20_000;
    private static final int PIECES = 3;

    /** The caller takes work from the queue that a thread has just seen there; the thread may not wait for it then. */
    @Test
    @Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void noThreadIsLeftWaitingForWorkThatTheCallerTook() throws Exception {
        AtomicInteger done = new AtomicInteger();
        for (int round = 0; round < ROUNDS; round++) {
            CopyWorkers workers = new CopyWorkers();
            workers.run(() -> {
                for (int i = 0; i < PIECES; i++) {
                    workers.submit(done::incrementAndGet);
                }
            });
        }
        assertThat(done).hasValue(ROUNDS * PIECES);
    }
}

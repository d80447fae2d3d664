package io.lxj.launch;

import io.lxj.linux.Fd;
import io.lxj.linux.LinuxException;
import io.lxj.linux.Spawned;
import io.lxj.linux.SyscallProgram;
import io.lxj.linux.WaitingStage;
import java.util.Map;

/**
 * A process that is being started while its program is made. It ends if it doesn't get one until this is closed. Not
 * thread-safe.
 */
public final class StageAhead implements AutoCloseable {
    private final SpawnThread thread;
    private final WaitingStage stage;

    StageAhead(SpawnThread thread) throws LinuxException {
        this.thread = thread;
        this.stage = thread.begin();
    }

    /** Gives the process its program, or has another one started if it can't take so many fds. */
    Spawned run(SyscallProgram program, Map<String, Fd> fds) throws LinuxException {
        if (program.fds().size() > WaitingStage.MAX_FDS) {
            return thread.spawn(program, fds);
        }
        return stage.run(program, fds);
    }

    @Override
    public void close() {
        stage.close();
    }
}

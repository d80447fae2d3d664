package io.lxj.lifecycle;

import io.lxj.failure.Failures;
import io.lxj.linux.Block;
import io.lxj.linux.Fd;
import io.lxj.linux.FileName;
import io.lxj.linux.LinuxException;
import io.lxj.linux.Open;
import io.lxj.linux.Scratch;
import io.lxj.linux.WaitStatus;
import io.lxj.storage.ContainerFolder;
import io.lxj.storage.RunRecord;
import java.util.Optional;

/**
 * What a keeper wrote before it ended, in a file that was empty when it began: how its init did. If no JVM told it that
 * the container is on record, it wrote less than that, and the container hasn't begun to run for anybody.
 *
 * @param status how the init ended; empty if that isn't known
 * @param gaveUp whether the keeper ended the init because nobody told it to go on
 */
record KeeperNote(Optional<WaitStatus> status, boolean gaveUp) {
    static final byte[] NAME = FileName.bytes("exit");

    /** siginfo_t: si_code at 8, si_status at 24. */
    private static final int SIGINFO_SIZE = 128;

    private static final KeeperNote NONE = new KeeperNote(Optional.empty(), false);

    /** The note of a run, if it had a keeper. */
    static KeeperNote read(ContainerFolder folder, RunRecord run) {
        if (run.keeper().isEmpty()) {
            return NONE;
        }
        try (Fd file = folder.directory().find(NAME, Open.O_RDONLY).orElse(null)) {
            return file == null ? NONE : read(file);
        } catch (LinuxException e) {
            throw Failures.exception("read how " + folder.name() + " ended", e);
        }
    }

    private static KeeperNote read(Fd file) throws LinuxException {
        try (Scratch scratch = Scratch.open()) {
            Block siginfo = scratch.zeroed(SIGINFO_SIZE);
            int length = file.read(siginfo, 0, SIGINFO_SIZE, 0);
            if (length < SIGINFO_SIZE) {
                return new KeeperNote(Optional.empty(), length > 0);
            }
            WaitStatus status = WaitStatus.ofSiginfo(
                    siginfo.buffer().getInt(8), siginfo.buffer().getInt(24));
            return new KeeperNote(Optional.of(status), false);
        }
    }
}

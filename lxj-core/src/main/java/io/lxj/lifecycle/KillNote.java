package io.lxj.lifecycle;

import io.lxj.linux.Directory;
import io.lxj.linux.Fd;
import io.lxj.linux.FileName;
import io.lxj.linux.LinuxException;
import io.lxj.linux.Open;
import io.lxj.storage.RunRecord;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * A file beside a container's record in which a JVM says why it kills a container that others look after too: whoever of
 * them is first to see the end records the reason, and all see the same. It names the run, so that one that is left over
 * from a run which ended otherwise means nothing to the next.
 */
final class KillNote {
    static final byte[] NAME = FileName.bytes("killed");
    private static final int LIMIT = 4096;

    private KillNote() {}

    static void leave(Directory folder, RunRecord run, String reason) throws IOException {
        try (Fd file = folder.open(NAME, Open.O_WRONLY | Open.O_CREAT | Open.O_TRUNC, 0600)) {
            file.write((heading(run) + reason).getBytes(StandardCharsets.UTF_8));
        }
    }

    /** The reason for which a run was killed, if somebody left it. */
    static Optional<String> read(Directory folder, RunRecord run) throws LinuxException {
        Optional<Fd> note = folder.find(NAME, Open.O_RDONLY);
        if (note.isEmpty()) {
            return Optional.empty();
        }
        String text;
        try (Fd file = note.get()) {
            text = new String(file.readAll(LIMIT), StandardCharsets.UTF_8);
        }
        String heading = heading(run);
        return text.startsWith(heading) ? Optional.of(text.substring(heading.length())) : Optional.empty();
    }

    private static String heading(RunRecord run) {
        return run.init() + "\n";
    }
}

package io.lxj.lifecycle;

import io.lxj.linux.Fd;
import io.lxj.linux.FileName;
import io.lxj.linux.LinuxException;
import io.lxj.linux.Memfd;
import io.lxj.linux.Open;

/** Input that is known beforehand, as a file in memory: so that nobody has to stand by and feed it to the command. */
final class InputFile {
    private InputFile() {}

    /** The content, open for reading only. */
    static Fd of(byte[] content) throws LinuxException {
        try (Fd file = Memfd.create("stdin")) {
            file.write(content);
            return Fd.open(FileName.bytes("/proc/self/fd/" + file.number()), Open.O_RDONLY, 0);
        }
    }
}

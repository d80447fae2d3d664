package io.lxj.lifecycle;

import io.lxj.linux.Fd;
import io.lxj.linux.FileName;
import io.lxj.linux.Kernel;
import io.lxj.linux.LinuxException;
import io.lxj.linux.Open;
import io.lxj.linux.Scratch;
import io.lxj.linux.Syscall;

/** Input that is known beforehand, as a file in memory: so that nobody has to stand by and feed it to the command. */
final class InputFile {
    private static final int MFD_CLOEXEC = 1;

    private InputFile() {}

    /** The content, open for reading only. */
    static Fd of(byte[] content) throws LinuxException {
        try (Fd file = create()) {
            file.write(content);
            return Fd.open(FileName.bytes("/proc/self/fd/" + file.number()), Open.O_RDONLY, 0);
        }
    }

    private static Fd create() throws LinuxException {
        try (Scratch scratch = Scratch.open()) {
            long result = Kernel.call(Syscall.MEMFD_CREATE, scratch.string("stdin"), MFD_CLOEXEC);
            if (result < 0) {
                throw LinuxException.of(result, "memfd_create", "stdin", "MFD_CLOEXEC");
            }
            return new Fd((int) result);
        }
    }
}

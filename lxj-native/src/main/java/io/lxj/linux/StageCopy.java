package io.lxj.linux;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The stage as a file that never had a name, for hosts that forbid executable memfds. It is made with O_TMPFILE, so the
 * folder need not be private: nobody can find the file there, and O_EXCL keeps even its owner from giving it a name.
 */
final class StageCopy {
    private static final int MODE = 0500;
    private static final int X_OK = 1;

    private StageCopy() {}

    /**
     * Makes a copy in the first folder that can hold an executable file.
     *
     * @return the file, open for reading only
     * @throws LinuxException EACCES if there is no such folder
     */
    static Fd make() throws LinuxException {
        LinuxException failure = LinuxException.of(-Errno.EACCES.number(), "memfd_create", "lxj-stage", "MFD_EXEC")
                .withHint("vm.memfd_noexec forbids executable memfds, and none of " + folders()
                        + " can hold an executable file: set vm.memfd_noexec to 1, or mount one of them with exec");
        for (Path folder : folders()) {
            try {
                Fd file = make(folder);
                if (isExecutable(file)) {
                    return file;
                }
                file.close();
            } catch (LinuxException e) {
                failure.addSuppressed(e);
            }
        }
        throw failure;
    }

    // In memory where possible: /run is mounted noexec on some distributions, /dev/shm rarely is.
    private static List<Path> folders() {
        List<String> names = new ArrayList<>();
        Stream.of(System.getenv("XDG_RUNTIME_DIR"), "/run", "/dev/shm", "/var/lib")
                .forEach(names::add);
        names.add(System.getProperty("java.io.tmpdir"));
        names.add(System.getProperty("user.home"));
        return names.stream()
                .filter(name -> name != null && name.startsWith("/"))
                .distinct()
                .map(Path::of)
                .toList();
    }

    private static Fd make(Path folder) throws LinuxException {
        try (Fd written = Fd.open(folder, Open.O_TMPFILE | Open.O_EXCL | Open.O_RDWR, MODE)) {
            written.write(Stage.executable(Architecture.current()));
            // What is open for writing can't be executed.
            return Fd.open(Path.of("/proc/self/fd/" + written.number()), Open.O_RDONLY, 0);
        }
    }

    /** Whether the permissions and the mount let it be executed, see access(2). */
    private static boolean isExecutable(Fd file) {
        try (Scratch scratch = Scratch.open()) {
            return file.call(Syscall.FACCESSAT2, scratch.string(""), X_OK, Open.AT_EMPTY_PATH | Open.AT_EACCESS) == 0;
        }
    }

    /**
     * Puts a copy on a read-only mount of its own that is attached nowhere. There is no other way to the file, so nobody
     * can open it for writing, whatever his capabilities.
     *
     * @param file the copy
     * @return the same file on that mount; empty if the caller may not mount
     * @throws LinuxException if that fails for another reason
     */
    static Optional<Fd> protect(Fd file) throws LinuxException {
        try (DetachedMount mount = DetachedMount.clone(file, false)) {
            mount.setAttributes(MountFlags.MOUNT_ATTR_RDONLY, 0, false);
            return Optional.of(mount.fd().duplicate());
        } catch (LinuxException e) {
            if (e.is(Errno.EPERM)) {
                return Optional.empty();
            }
            throw e;
        }
    }
}

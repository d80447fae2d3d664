package io.lxj.linux;

import java.util.Optional;

/**
 * The stage as a file that can be executed, and that a container whose init points at /proc/self/exe can't turn against
 * the host (CVE-2019-5736). Usually that is a sealed memfd, made once for each JVM. A host that forbids executable memfds
 * (vm.memfd_noexec=2) gets a {@link StageCopy}: on a read-only mount of its own, also made once; or, for whoever may not
 * mount, a new one for each process, so that nothing that was written to an old one is ever executed.
 */
final class StageFile {
    private static Fd kept;
    private static boolean copied;

    private StageFile() {}

    /**
     * Opens the stage for executing it.
     *
     * @return a descriptor that the caller closes
     * @throws LinuxException if no executable file can be made on this host
     */
    static synchronized Fd open() throws LinuxException {
        if (kept == null && !copied) {
            kept = memfd().orElse(null);
            copied = kept == null;
        }
        if (kept == null) {
            Fd copy = StageCopy.make();
            kept = StageCopy.protect(copy).orElse(null);
            if (kept == null) {
                return copy;
            }
            copy.close();
        }
        return kept.duplicate();
    }

    /** Has the next {@link #open} make another one: nobody outside of this process knows that yet. */
    static synchronized void renew() {
        if (kept != null) {
            kept.close();
            kept = null;
        }
    }

    /**
     * How the stage is kept from being written to.
     *
     * @return a short text; only after {@link #open} has returned
     */
    static synchronized String form() {
        if (!copied) {
            return "sealed memfd";
        }
        return kept == null ? "a new unlinked file for each process" : "unlinked file on a read-only mount";
    }

    /** The sealed memfd, or nothing if the host forbids executable ones. */
    static Optional<Fd> memfd() throws LinuxException {
        try {
            return Optional.of(Memfd.executable("lxj-stage", Stage.executable(Architecture.current())));
        } catch (LinuxException e) {
            if (e.is(Errno.EACCES)) {
                return Optional.empty();
            }
            throw e;
        }
    }
}

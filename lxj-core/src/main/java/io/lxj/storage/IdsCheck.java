package io.lxj.storage;

import io.lxj.error.LxjException;
import io.lxj.linux.Deputy;
import io.lxj.linux.LinuxException;
import io.lxj.linux.ProcFs;
import io.lxj.linux.UserNamespaces;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Whether containers of this user have ids of their own. Immutable and thread-safe.
 *
 * @param available whether they have
 * @param detail which ones, or why they have none
 * @param advice what to do to have some
 */
public record IdsCheck(boolean available, String detail, String advice) {
    /**
     * Looks at this host, as the user that this process is. An ordinary user's ids are given to a process that ends with
     * this; nothing stays.
     *
     * @return what there is
     */
    public static IdsCheck run() {
        try {
            return Deputies.areNeeded() ? ofUser() : ofRoot();
        } catch (IOException e) {
            return new IdsCheck(false, "not found out: " + e.getMessage(), "");
        }
    }

    private static IdsCheck ofRoot() throws IOException {
        try (ProcFs proc = ProcFs.open(Path.of("/proc"))) {
            IdPool pool = IdPool.of(SubordinateIds.user(), 0, proc);
            return pool.firsts().findFirst().isEmpty()
                    ? new IdsCheck(
                            false,
                            pool.toString(),
                            UserNamespaces.inFirst()
                                    ? IdPool.advice(SubordinateIds.user()) + "; or do without by Config.privileged()"
                                    : IdPool.adviceInside(proc, false))
                    : of(pool);
        }
    }

    private static IdsCheck ofUser() throws IOException {
        try (Deputy deputy = Deputy.start(Path.of("/"), SubordinateIds.ofThisUser())) {
            return of(IdPool.of(deputy));
        } catch (NoIdsException e) {
            return new IdsCheck(
                    false, "the user's own for all: " + e.problem(), e.hint().orElse(""));
        } catch (LinuxException e) {
            return new IdsCheck(false, e.getMessage(), UserNamespaces.advice(e));
        } catch (LxjException e) {
            return new IdsCheck(false, e.getMessage(), "");
        }
    }

    private static IdsCheck of(IdPool pool) {
        return new IdsCheck(true, "for " + pool.firsts().count() + " containers", "");
    }
}

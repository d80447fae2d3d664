package io.lxj.lifecycle;

import io.lxj.linux.RootDir;
import java.io.IOException;
import java.util.Optional;

/**
 * The root of a running container, seen by who works on its files: by nobody else than this JVM if the container has no ids of
 * its own.
 */
record LentRoot(RootDir root, Optional<FilesDeputy.Loan> loan) implements AutoCloseable {
    /** Of a root that stays the caller's. */
    static LentRoot of(Run run, RootDir root) throws IOException {
        if (run.ids().isEmpty()) {
            return new LentRoot(new RootDir(root.fd().duplicate()), Optional.empty());
        }
        FilesDeputy.Loan loan = run.reach().files(run.ids().get()).borrow();
        try {
            return new LentRoot(new RootDir(loan.deputy().actFor(root.fd())), Optional.of(loan));
        } catch (Throwable e) {
            loan.close();
            throw e;
        }
    }

    @Override
    public void close() {
        root.close();
        loan.ifPresent(FilesDeputy.Loan::close);
    }
}

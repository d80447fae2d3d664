package io.lxj.lifecycle;

import io.lxj.linux.LinuxException;
import io.lxj.linux.RootDir;
import java.io.IOException;

/** The root of a running container with ids of its own, seen by who works on its files. */
record LentRoot(RootDir root, FilesDeputy.Loan loan) implements AutoCloseable {
    /** Of a root that stays the caller's. */
    static LentRoot of(Run run, RootDir root) throws IOException {
        FilesDeputy.Loan loan = run.reach().files(run.ids().orElseThrow()).borrow();
        try {
            return new LentRoot(new RootDir(loan.deputy().actFor(root.fd())), loan);
        } catch (LinuxException | RuntimeException e) {
            loan.close();
            throw e;
        }
    }

    @Override
    public void close() {
        root.close();
        loan.close();
    }
}

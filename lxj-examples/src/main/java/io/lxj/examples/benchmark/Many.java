package io.lxj.examples.benchmark;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Many idle containers at once: how long until all run, and what each costs beside its payload. */
final class Many {
    private static final int CONTAINERS = 200;
    private static final int QUICK_CONTAINERS = 20;

    private Many() {}

    static Case of(Workspace work) throws IOException {
        int count = work.options().quick() ? QUICK_CONTAINERS : CONTAINERS;
        List<Subject> subjects = new ArrayList<>();
        subjects.add(new ManyLxj(work, count));
        if (Lxc.isInstalled()) {
            subjects.add(new ManyLxc(work, new Lxc(work.folder("lxc")), count));
        }
        return new Case("many (" + count + " containers)", 1, work.options().rounds(10) + 2, subjects);
    }
}

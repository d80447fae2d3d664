package io.lxj.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lxj.testing.Caller;
import io.lxj.testing.LeaksNothing;
import io.lxj.testing.NeedsContainers;
import io.lxj.testing.NeedsRoot;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@NeedsContainers
@LeaksNothing
class CgroupTest {
    private static final Duration LONG = Duration.ofMinutes(1);
    private static final String NAME = "lxj-test-" + ProcessHandle.current().pid();

    private Cgroup root;
    private Cgroup cgroup;

    @BeforeEach
    void makeCgroup() throws Exception {
        try (ProcFs proc = ProcFs.open(Path.of("/proc"))) {
            CgroupMount mount = CgroupMount.find(MountInfo.own(proc)).orElseThrow();
            root = Caller.isRoot() ? mount.open() : delegated(mount, proc);
        }
        cgroup = root.create(NAME);
    }

    @AfterEach
    void removeCgroup() throws Exception {
        cgroup.close();
        root.remove(NAME);
        root.close();
    }

    /** An ordinary user's own is the one above that of this process. */
    private static Cgroup delegated(CgroupMount mount, ProcFs proc) throws Exception {
        Path own = Path.of(
                mount.pathOf(CgroupMount.membership(proc.readSelf("cgroup")).orElseThrow()));
        String above = own.getParent().toString();
        return Cgroup.of(Fd.open(Path.of(above), Open.O_RDONLY | Open.O_DIRECTORY, 0), above);
    }

    private static Shell sleeper(Cgroup in) throws Exception {
        Shell shell = Shell.start("exec sleep 1000");
        in.add(shell.pid());
        return shell;
    }

    @Test
    void holdsProcessesAndReportsWhenTheyAreGone() throws Exception {
        try (KeyedAttribute events = cgroup.watch("cgroup.events");
                Epoll epoll = Epoll.open();
                Shell shell = sleeper(cgroup)) {
            assertThat(cgroup.processes()).containsExactly(shell.pid());
            assertThat(events.read()).containsEntry("populated", 1L).containsEntry("frozen", 0L);
            epoll.add(events.fd(), Epoll.EPOLLPRI, 5);
            assertThat(epoll.await(Duration.ZERO)).isEmpty();
            assertThat(cgroup.await("populated", false, Duration.ZERO)).isFalse();
            cgroup.kill();
            assertThat(shell.waitFor().signal()).contains(Signal.SIGKILL);
            assertThat(epoll.await(LONG)).extracting(Epoll.Event::data).containsExactly(5L);
            assertThat(cgroup.await("populated", false, LONG)).isTrue();
            assertThat(events.is("populated")).isFalse();
            assertThat(epoll.await(Duration.ZERO)).isEmpty();
        }
    }

    @Test
    void freezesAndThaws() throws Exception {
        try (Shell shell = sleeper(cgroup)) {
            assertThat(cgroup.freeze(LONG)).isTrue();
            assertThat(cgroup.isFreezing()).isTrue();
            assertThat(cgroup.isFrozen()).isTrue();
            cgroup.unfreeze();
            assertThat(cgroup.await("frozen", false, LONG)).isTrue();
            assertThat(cgroup.isFrozen()).isFalse();
            assertThat(shell.pidfd().isAlive()).isTrue();
        }
    }

    @Test
    void killsWhatIsFrozen() throws Exception {
        try (Shell shell = sleeper(cgroup)) {
            assertThat(cgroup.freeze(LONG)).isTrue();
            assertThat(cgroup.isFreezing()).isTrue();
            cgroup.kill();
            assertThat(shell.waitFor().signal()).contains(Signal.SIGKILL);
        }
    }

    @Test
    void killsOneByOneWhereTheKernelCannotKillAllAtOnce() throws Exception {
        String script = "read go <&3; for i in 1 2 3 4 5 6 7 8; do sleep 1000 & done; exec sleep 1000";
        try (Cgroup child = cgroup.create("child");
                Pipe ready = Pipe.open();
                Shell shell = Shell.start(script, ready.reader())) {
            child.add(shell.pid());
            ready.writer().write(new byte[] {'\n'});
            while (cgroup.allProcesses().size() < 9) {
                Thread.onSpinWait();
            }
            CgroupKiller.killOneByOne(cgroup);
            assertThat(shell.waitFor().signal()).contains(Signal.SIGKILL);
            assertThat(cgroup.await("populated", false, LONG)).isTrue();
            assertThat(cgroup.isFreezing()).isFalse();
        }
    }

    @Test
    void removesDeepTreesWithTheProcessesInThem() throws Exception {
        List<Cgroup> opened = new ArrayList<>();
        Cgroup current = cgroup;
        for (int depth = 0; depth < 150; depth++) {
            current = current.create("nested-" + depth);
            opened.add(current);
        }
        try (Cgroup beside = cgroup.create("beside");
                Shell deep = sleeper(current);
                Shell near = sleeper(beside)) {
            assertThat(cgroup.allProcesses()).containsExactlyInAnyOrder(deep.pid(), near.pid());
            assertThat(cgroup.descendants())
                    .hasSize(151)
                    .contains("beside", "nested-0", "nested-0/nested-1")
                    .anyMatch(path -> path.length() > 1000);
            cgroup.remove("nested-0");
            assertThat(deep.waitFor().signal()).contains(Signal.SIGKILL);
            assertThat(cgroup.children()).containsExactly("beside");
            assertThat(near.pidfd().isAlive()).isTrue();
            assertThat(current.descendants()).as("of a removed cgroup").isEmpty();
        } finally {
            opened.forEach(Cgroup::close);
        }
    }

    @Test
    void removesATreeThatOthersAddTo() throws Exception {
        AtomicBoolean stop = new AtomicBoolean();
        try (Cgroup child = cgroup.create("child")) {
            Thread other = new Thread(() -> {
                for (int i = 0; i < 2000 && !stop.get(); i++) {
                    try (Cgroup made = child.create("c" + i)) {
                        made.create("d").close();
                    } catch (LinuxException e) {
                        // Removed under our feet: that is what is tested.
                        continue;
                    }
                }
            });
            other.start();
            cgroup.remove("child");
            stop.set(true);
            other.join();
            assertThat(cgroup.children()).isEmpty();
            cgroup.remove("child");
        }
    }

    @Test
    void removesACgroupThatAProcessMovesItselfInto() throws Exception {
        try (Cgroup child = cgroup.create("child");
                Shell shell = Shell.start("while :; do echo 0 >" + child.path() + "/cgroup.procs; sleep 0.001; done")) {
            assertThat(shell.pidfd().isAlive()).isTrue();
            cgroup.remove("child");
        }
        assertThat(cgroup.children()).isEmpty();
    }

    @Test
    void attributesAreReadAndWrittenAndTheirErrorsNameThem() throws Exception {
        cgroup.write("cgroup.max.depth", "5");
        assertThat(cgroup.read("cgroup.max.depth")).isEqualTo("5");
        assertThat(cgroup.has("cgroup.freeze")).isTrue();
        assertThat(cgroup.has("no.such")).isFalse();
        assertThat(cgroup.readKeyed("cgroup.stat")).containsEntry("nr_descendants", 0L);
        assertThatThrownBy(() -> cgroup.write("cgroup.max.depth", "many"))
                .hasMessage("write(" + cgroup.path() + "/cgroup.max.depth, \"many\"): EINVAL (Invalid argument)");
        assertThatThrownBy(() -> cgroup.read("no.such")).hasMessageContaining("ENOENT");
        assertThatThrownBy(() -> cgroup.read("../cgroup.procs")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void enablesOnlyWhatIsAvailable() throws Exception {
        assertThat(root.controllers().available())
                .containsAll(root.controllers().enabled());
        CgroupControllers controllers = cgroup.controllers();
        controllers.enable(controllers.available());
        assertThat(controllers.enabled()).isEqualTo(controllers.available());
        controllers.enable(Set.of());
        assertThatThrownBy(() -> controllers.enable(Set.of("nonsense"))).hasMessageContaining("EINVAL");
    }

    @Test
    void onlyAFolderOfCgroupTwoIsOne() {
        assertThatThrownBy(() -> Cgroup.at("/tmp")).hasMessageContaining("not on cgroup v2");
        assertThatThrownBy(() -> Cgroup.at("/no/such")).hasMessageContaining("ENOENT");
    }

    @Test
    void oneThatIsNotThereIsNotFound() throws Exception {
        assertThat(Cgroup.find("/no/such")).isEmpty();
        assertThatThrownBy(() -> Cgroup.find("/tmp")).hasMessageContaining("not on cgroup v2");
        try (Cgroup found = Cgroup.find(root.path()).orElseThrow()) {
            assertThat(found.path()).isEqualTo(root.path());
        }
    }

    @Test
    @NeedsRoot("looks at the cgroup above all")
    void theRootCgroupHasNoEvents() {
        assertThatThrownBy(() -> root.isFrozen()).hasMessageContaining("ENOENT");
        assertThatThrownBy(() -> root.freeze(LONG)).hasMessageContaining("ENOENT");
    }
}

package io.lxj;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.lxj.config.Config;
import io.lxj.config.IdMap;
import io.lxj.config.OnExit;
import io.lxj.config.State;
import io.lxj.error.AlreadyExistsException;
import io.lxj.storage.OtherJvm;
import io.lxj.testing.Caller;
import io.lxj.testing.LeaksNothing;
import io.lxj.testing.NeedsContainers;
import io.lxj.testing.NeedsRoot;
import io.lxj.testing.NeedsRootfs;
import io.lxj.testing.StateFolder;
import io.lxj.testing.TestRootfs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever is asked for meanwhile, the ids that a container runs with are given to no other one. */
@NeedsContainers
@NeedsRootfs("busybox")
@LeaksNothing
@Timeout(120)
class IdsStayApartTest {
    private static final Config POOLED = Config.ofImage("busybox").init("/bin/sleep", "1000000");
    /** None of those that lxj gives out. */
    private static final IdMap IDS = IdMap.of(1_700_000_000L, 65_536);

    @RegisterExtension
    static final TestLxj host = TestLxj.of("busybox");

    @StateFolder
    Path parent;

    private Path state() {
        return parent.resolve("state");
    }

    @AfterEach
    void remove() throws IOException {
        try (Lxj lxj = Lxj.open(state())) {
            for (Container container : lxj.containers().list()) {
                if (container.state() != State.STOPPED) {
                    container.stop();
                }
                container.destroy();
            }
        }
        TestLxj.remove(state());
    }

    private static List<Config> configs() {
        // An ordinary user's containers have neither.
        return Caller.isRoot() ? List.of(POOLED, POOLED.idMap(IDS), POOLED.nesting(1)) : List.of(POOLED);
    }

    private static Path note(long first) {
        return Path.of("/var/lib/lxj-ids", Long.toString(first));
    }

    private static List<Path> notes(Container container) throws IOException {
        return HostIds.users(container).stream()
                .map(range -> note(range.first()))
                .toList();
    }

    /** Ids by hand, of which one is among those that the next container would be given. */
    private static IdMap idsByHand() throws IOException {
        Container next = host.start(POOLED);
        long first = HostIds.users(next).get(0).first();
        next.stop();
        next.destroy();
        return IDS.user(70_000, first + 7);
    }

    private static Path noteOf(IdMap byHand) {
        return note(byHand.hostUser(70_000).orElseThrow() - 7);
    }

    private static Path folder(Container container) {
        return host.folder().resolve("containers").resolve(container.name());
    }

    @ParameterizedTest
    @MethodSource("configs")
    void aCreateThatFailsTakesNothingFromTheContainerThatHasTheName(Config config) throws IOException {
        Container one = host.start(Caller.isRoot() ? POOLED.nesting(2) : POOLED);
        assertThatThrownBy(() -> host.lxj().containers().create(one.name(), config))
                .isInstanceOf(AlreadyExistsException.class);
        Container two = host.start(POOLED);
        if (Caller.isRoot() || Caller.hasIds()) {
            assertThat(HostIds.shared(one, two)).isEmpty();
        }
        two.stop();
        two.destroy();
        assertThat(one.exec("true").exitCode()).isZero();
    }

    /** Folders of the environment are one thing, what the kernel and /etc/subuid say of a user another. */
    @Test
    void containersOfAUserHaveOtherIdsWhateverTheEnvironmentIs() throws IOException {
        assumeTrue(Caller.isRoot() || Caller.hasIds(), "this user's containers have one id");
        Map<String, String> environment = Map.of(
                "XDG_DATA_HOME", parent.resolve("data").toString(),
                "XDG_RUNTIME_DIR", parent.resolve("run").toString(),
                "HOME", parent.resolve("home").toString());
        Container one = host.start(POOLED);
        try (OtherJvm other = OtherJvm.startIn(environment, RunningJvm.class, state())) {
            HostIds.Range users = new HostIds.Range(Long.parseLong(other.line()), Long.parseLong(other.line()));
            assertThat(HostIds.users(one)).noneMatch(users::overlaps);
            other.enter();
            assertThat(other.waitFor()).isZero();
        }
    }

    @Test
    @NeedsRoot("sets ids by hand")
    void idsThatARunHasByHandAreFreeOnlyAfterItWhateverIsConfiguredMeanwhile() throws IOException {
        IdMap byHand = idsByHand();
        Path note = noteOf(byHand);
        Container one = host.start(POOLED.idMap(byHand));
        one.configure(POOLED.idMap(IDS));
        Container two = host.start(POOLED);
        assertThat(HostIds.shared(one, two)).isEmpty();
        assertThat(Files.readSymbolicLink(note)).isEqualTo(folder(one));

        one.configure(POOLED);
        one.stop();
        assertThat(note).doesNotExist();
        one.start();
        assertThat(HostIds.shared(one, two)).isEmpty();
        assertThat(notes(one)).hasSize(1).allMatch(Files::isSymbolicLink);
    }

    @Test
    @NeedsRoot("sets ids by hand")
    void idsByHandThatNoRunHasAreFreeAtOnce() throws IOException {
        IdMap byHand = idsByHand();
        Container one = host.start(POOLED.idMap(IDS));
        one.configure(POOLED.idMap(byHand));
        assertThat(Files.readSymbolicLink(noteOf(byHand))).isEqualTo(folder(one));
        one.configure(POOLED.idMap(IDS));
        assertThat(noteOf(byHand)).doesNotExist();
    }

    @Test
    @NeedsRoot("gives a container ids for others")
    void idsForContainersInsideAreFreeOnlyAfterTheRun() throws IOException {
        Container one = host.start(POOLED.nesting(2));
        List<Path> notes = notes(one);
        assertThat(notes).hasSize(3);
        one.configure(POOLED);
        // Gives back what belongs to nobody.
        Lxj.open(host.folder()).close();
        Container two = host.start(POOLED.nesting(2));
        assertThat(HostIds.shared(one, two)).isEmpty();
        assertThat(notes)
                .allSatisfy(note -> assertThat(Files.readSymbolicLink(note)).isEqualTo(folder(one)));

        one.stop();
        assertThat(notes.get(0)).isSymbolicLink();
        assertThat(notes.subList(1, 3)).noneMatch(Files::isSymbolicLink);
        one.destroy();
        assertThat(notes.get(0)).doesNotExist();
    }

    @Test
    @NeedsRoot("sets ids by hand")
    void aRunThatIsKeptHasItsIdsAloneWhicheverJvmLooksAfterIt() throws IOException {
        IdMap byHand = idsByHand();
        try (Lxj lxj = Lxj.open(state())) {
            lxj.images().importTarball("busybox", TestRootfs.find("busybox"));
            Container kept =
                    lxj.containers().create("kept", POOLED.idMap(byHand).onExit(OnExit.KEEP));
            kept.start();
            kept.configure(POOLED.onExit(OnExit.KEEP));
        }
        try (Lxj lxj = Lxj.open(state())) {
            Container two = host.start(POOLED);
            Container kept = lxj.containers().get("kept");
            assertThat(HostIds.shared(kept, two)).isEmpty();
            assertThat(Files.readSymbolicLink(noteOf(byHand))).isEqualTo(state().resolve("containers/kept"));
            kept.stop();
            assertThat(noteOf(byHand)).doesNotExist();
            kept.destroy();
        }
    }

    @Test
    @NeedsRoot("sets ids by hand")
    void idsOfARunThatNobodySawTheEndOfAreFreeAtTheNextOpening() throws IOException {
        Path note;
        try (Lxj lxj = Lxj.open(state())) {
            lxj.images().importTarball("busybox", TestRootfs.find("busybox"));
        }
        try (OtherJvm other = OtherJvm.start(ReconfiguringJvm.class, state())) {
            note = note(Long.parseLong(other.line()));
            assertThat(Files.readSymbolicLink(note)).isEqualTo(state().resolve("containers/changed"));
            other.kill();
        }
        try (Lxj lxj = Lxj.open(state())) {
            assertThat(note).doesNotExist();
            Container changed = lxj.containers().get("changed");
            changed.start();
            assertThat(HostIds.users(changed)).hasSize(1);
        }
    }
}

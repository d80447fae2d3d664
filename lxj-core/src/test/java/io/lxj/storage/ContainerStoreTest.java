package io.lxj.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lxj.config.Config;
import io.lxj.config.ExitStatus;
import io.lxj.config.Storage;
import io.lxj.error.AlreadyExistsException;
import io.lxj.error.CorruptStateException;
import io.lxj.error.LxjException;
import io.lxj.error.NotFoundException;
import io.lxj.linux.ProcessIdentity;
import io.lxj.testing.LeaksNothing;
import io.lxj.testing.NeedsCommand;
import io.lxj.testing.NeedsOwnFiles;
import io.lxj.testing.NeedsRoot;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@LeaksNothing
@NeedsOwnFiles
class ContainerStoreTest {
    private static final Config CONFIG = Config.ofImage("image").label("team", "shop");

    @TempDir
    Path folder;

    private StateFolder state;
    private ContainerStore store;

    @BeforeEach
    void open() throws Exception {
        state = StateFolder.open(folder.resolve("state"));
        store = new ContainerStore(state, Checkpoints.NONE);
        TestImage.make(state, "image");
    }

    @AfterEach
    void close() {
        state.close();
    }

    private Lock lock(String name) {
        return state.locks().exclusive(LockName.container(name));
    }

    private ContainerRecord create(String name) {
        try (Lock lock = lock(name)) {
            return Settled.create(
                    store, lock, CONFIG, new FirstBoot(name, MachineId.random(), Optional.empty()), CopyProgress.NONE);
        }
    }

    private void rename(String from, String to) {
        try (LockSet locks = state.locks().exclusive(List.of(LockName.container(from), LockName.container(to)))) {
            store.rename(locks, from, to);
        }
    }

    private Path temporary() {
        return state.path().resolve("tmp");
    }

    @Test
    void whatWasCreatedIsFound() {
        ContainerRecord web = create("web");
        create("db");
        assertThat(store.names()).containsExactly("db", "web");
        try (ContainerFolder found = store.open("web")) {
            assertThat(found.record()).isEqualTo(web);
            assertThat(found.record().config()).isEqualTo(CONFIG);
            assertThat(found.run()).isEmpty();
            assertThat(found.exit()).isEmpty();
        }
        assertThat(store.find("mail")).isEmpty();
        assertThatThrownBy(() -> store.open("mail")).isInstanceOf(NotFoundException.class);
        assertThat(temporary()).isEmptyDirectory();
    }

    @Test
    void twoOfAnImageHaveMachineIdsOfTheirOwn() {
        assertThat(create("one").machineId()).isNotEqualTo(create("two").machineId());
    }

    @Test
    void aNameIsGivenOnce() {
        ContainerRecord first = create("web");
        assertThatThrownBy(() -> create("web"))
                .isInstanceOf(AlreadyExistsException.class)
                .hasMessageStartingWith("container web: exists already");
        try (ContainerFolder found = store.open("web")) {
            assertThat(found.record()).isEqualTo(first);
        }
    }

    @Test
    void ofManyWhoWantTheSameNameOneGetsIt() throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(6);
        int created = 0;
        try {
            Callable<ContainerRecord> creation = () -> create("web");
            for (Future<ContainerRecord> result :
                    pool.invokeAll(Stream.generate(() -> creation).limit(12).toList())) {
                try {
                    result.get();
                    created++;
                } catch (ExecutionException e) {
                    assertThat(e).hasCauseInstanceOf(AlreadyExistsException.class);
                }
            }
        } finally {
            pool.shutdown();
        }
        assertThat(created).isEqualTo(1);
        assertThat(store.names()).containsExactly("web");
        assertThat(temporary()).isEmptyDirectory();
    }

    @Test
    void withoutItsImageNothingIsMade() {
        try (Lock lock = lock("web")) {
            FirstBoot firstBoot = new FirstBoot("web", MachineId.random(), Optional.empty());
            assertThatThrownBy(
                            () -> Settled.create(store, lock, Config.ofImage("missing"), firstBoot, CopyProgress.NONE))
                    .isInstanceOf(NotFoundException.class)
                    .hasMessage("image missing: not found");
        }
        assertThat(store.names()).isEmpty();
        assertThat(temporary()).isEmptyDirectory();
    }

    @Test
    void theLockOfAnotherContainerDoesNotDo() {
        create("web");
        try (LockSet locks = state.locks().exclusive(List.of(LockName.container("db"), LockName.image("web")))) {
            assertThatThrownBy(() -> store.delete(locks.of(LockName.image("web")), () -> {}))
                    .isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> store.rename(locks, "web", "db")).isInstanceOf(IllegalStateException.class);
        }
        assertThat(store.names()).containsExactly("web");
    }

    @Test
    void aRenameKeepsAllOfIt() {
        ContainerRecord web = create("web");
        try (ContainerFolder before = store.open("web")) {
            rename("web", "shop");
            assertThat(before.record()).isEqualTo(web);
        }
        assertThat(store.names()).containsExactly("shop");
        try (ContainerFolder after = store.open("shop")) {
            assertThat(after.record()).isEqualTo(web);
        }
    }

    @Test
    void aRenameReplacesNobody() {
        create("web");
        ContainerRecord shop = create("shop");
        assertThatThrownBy(() -> rename("web", "shop")).isInstanceOf(AlreadyExistsException.class);
        assertThatThrownBy(() -> rename("mail", "post")).isInstanceOf(NotFoundException.class);
        assertThat(store.names()).containsExactly("shop", "web");
        try (ContainerFolder found = store.open("shop")) {
            assertThat(found.record()).isEqualTo(shop);
        }
    }

    @Test
    void whatWasDeletedLeavesNothing() {
        create("web");
        store.delete(lock("web"), () -> {});
        assertThat(store.names()).isEmpty();
        assertThat(temporary()).isEmptyDirectory();
        assertThat(state.path().resolve("locks/container.web")).doesNotExist();
        Lock lock = lock("web");
        assertThatThrownBy(() -> store.delete(lock, () -> {})).isInstanceOf(NotFoundException.class);
        lock.close();
        assertThat(create("web")).isNotNull();
    }

    @Test
    void aConfigurationIsReplacedAsAWhole() {
        ContainerRecord before = create("web");
        try (ContainerFolder web = store.open("web")) {
            Config other = CONFIG.hostname("shop").env("A", "b");
            web.configure(other);
            assertThat(web.record()).isEqualTo(before.with(other));
        }
    }

    @Test
    void aStartIsNotedAndForgottenWithTheEnd() {
        create("web");
        try (ContainerFolder web = store.open("web")) {
            ProcessIdentity process = new ProcessIdentity(1, 2, "boot");
            RunRecord run = new RunRecord(process, Optional.of(process), process, "/lxj/web", Instant.now(), List.of());
            web.started(run);
            assertThat(web.run()).contains(run);
            ExitRecord exit = new ExitRecord(process, ExitStatus.exited(3), Instant.now());
            web.ending(exit);
            assertThat(web.run()).contains(run);
            web.ended();
            assertThat(web.run()).isEmpty();
            assertThat(web.exit()).contains(exit);
            assertThat(exit.isOf(run)).isTrue();
            web.ended();
        }
    }

    @Test
    void aRecordThatThePowerCutTookIsNone() throws Exception {
        create("web");
        Path run = state.path().resolve("containers/web/run.json");
        try (ContainerFolder web = store.open("web")) {
            for (String content : List.of("", "\0".repeat(300))) {
                Files.writeString(run, content);
                assertThat(web.run()).isEmpty();
            }
        }
    }

    @Test
    void aFileThatSomebodyEditedIsNamed() throws Exception {
        create("web");
        Path file = state.path().resolve("containers/web/container.json");
        Files.writeString(file, Files.readString(file).replace("\"team\"", "\"team\": {}, \"x\""));
        try (ContainerFolder web = store.open("web")) {
            assertThatThrownBy(web::record)
                    .isInstanceOf(CorruptStateException.class)
                    .hasMessageStartingWith("read " + file + ": config.labels.team: ");
            Files.delete(file);
            assertThatThrownBy(web::record).isInstanceOf(LxjException.class).hasMessageContaining("ENOENT");
        }
    }

    @Test
    void aSweepRemovesWhatDeadProcessesLeftAndNothingElse() throws Exception {
        create("web");
        Files.createDirectories(temporary().resolve("create.db.1/upper"));
        Files.writeString(state.path().resolve("containers/web/.new-container.json-1"), "half");
        Files.writeString(state.path().resolve("locks/container.gone"), "");
        Files.writeString(state.path().resolve("locks/image.gone"), "");
        Path soon = state.path().resolve("locks/container.soon");
        try (Lock busy = state.locks().exclusive(LockName.container("soon"))) {
            assertThat(store.sweep())
                    .containsExactlyInAnyOrder(
                            "create.db.1",
                            "temporary file of container web",
                            "lock of container gone",
                            "lock of image gone");
            assertThat(soon).exists();
            assertThat(busy.name().fileName()).isEqualTo(soon.getFileName().toString());
        }
        assertThat(soon).doesNotExist();
        assertThat(store.sweep()).isEmpty();
        assertThat(store.names()).containsExactly("web");
        assertThat(state.path().resolve("locks").toFile().list())
                .containsExactlyInAnyOrder("container.web", "image.image");
    }

    @Test
    @NeedsRoot("mounts a disk")
    @NeedsCommand({"mount", "umount"})
    void aFullDiskLeavesNothingHalf() throws Exception {
        Path mountPoint = Files.createDirectory(folder.resolve("mnt"));
        try (MountedFileSystem small = MountedFileSystem.tmpfs(mountPoint, "256k")) {
            state.close();
            state = StateFolder.open(small.path().resolve("state"));
            store = new ContainerStore(state, Checkpoints.NONE);
            TestImage.make(state, "image");
            List<String> created = new ArrayList<>();
            assertThatThrownBy(() -> {
                        for (int i = 0; i < 10_000; i++) {
                            create("web" + i);
                            created.add("web" + i);
                        }
                    })
                    .isInstanceOf(LxjException.class)
                    .hasMessageStartingWith("create container web" + created.size() + ": ")
                    .hasMessageEndingWith(
                            "ENOSPC (No space left on device); the file system of the state folder is full:"
                                    + " remove images or containers, or make room");
            assertThat(created).isNotEmpty();
            assertThat(store.names()).containsExactlyInAnyOrderElementsOf(created);
            assertThat(temporary()).isEmptyDirectory();
            for (String name : created) {
                try (ContainerFolder container = store.open(name)) {
                    assertThat(container.record().config()).isEqualTo(CONFIG);
                }
                store.delete(lock(name), () -> {});
            }
            assertThat(store.names()).isEmpty();
            state.close();
        }
    }

    @Test
    @NeedsRoot("protects files with chattr")
    @NeedsCommand({"mount", "umount", "mkfs.ext4", "truncate", "chattr"})
    void deletesWhatTheContainerProtectedWithChattr() throws Exception {
        Path mountPoint = Files.createDirectory(folder.resolve("mnt"));
        try (MountedFileSystem disk = MountedFileSystem.loop(mountPoint, "ext4", "64")) {
            state.close();
            state = StateFolder.open(disk.path().resolve("state"));
            store = new ContainerStore(state, Checkpoints.NONE);
            TestImage.make(state, "image");
            try (Lock lock = lock("web")) {
                FirstBoot firstBoot = new FirstBoot("web", MachineId.random(), Optional.empty());
                Settled.create(store, lock, CONFIG.storage(Storage.COPY), firstBoot, CopyProgress.NONE);
            }
            Path rootfs = state.path().resolve("containers/web/rootfs");
            MountedFileSystem.run("chattr", "+i", rootfs.resolve("etc/hosts").toString());
            MountedFileSystem.run("chattr", "+a", rootfs.resolve("etc/passwd").toString());
            MountedFileSystem.run("chattr", "+i", rootfs.resolve("var/lib").toString());
            MountedFileSystem.run("chattr", "+i", rootfs.resolve("usr").toString());
            store.delete(lock("web"), () -> {});
            assertThat(store.names()).isEmpty();
            assertThat(temporary()).isEmptyDirectory();
            state.close();
        }
    }

    @Test
    @NeedsRoot("mounts in the state folder")
    @NeedsCommand({"mount", "umount"})
    void whatCanNotBeRemovedDoesNotKeepTheRestFromBeingUsed() throws Exception {
        Path dead = Files.createDirectories(temporary().resolve("delete.web.1/rootfs"));
        Files.createDirectories(temporary().resolve("delete.web.2"));
        try (MountedFileSystem busy = MountedFileSystem.tmpfs(dead, "64k")) {
            assertThat(store.sweep()).containsExactly("delete.web.2");
            assertThat(busy.path()).exists();
        }
        assertThat(store.sweep()).containsExactly("delete.web.1");
    }
}

package io.lxj.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.lxj.config.Config;
import io.lxj.config.Storage;
import io.lxj.linux.Block;
import io.lxj.linux.Scratch;
import io.lxj.linux.Syscall;
import io.lxj.testing.LeaksNothing;
import io.lxj.testing.NeedsCommand;
import io.lxj.testing.NeedsRoot;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is in memory only is lost: the file system is shut down without writing its journal out, and mounted again. */
@LeaksNothing
@NeedsRoot("mounts disks")
class PowerCutTest {
    /** EXT4_IOC_SHUTDOWN and XFS_IOC_GOINGDOWN are the same: _IOR('X', 125, __u32). */
    private static final long SHUTDOWN = 0x8004587DL;

    private static final int WITHOUT_LOG = 2;

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"ext4", "xfs"})
    @NeedsCommand({"mount", "umount", "mkfs.ext4", "mkfs.xfs", "truncate"})
    void afterAPowerCutEachContainerIsWholeOrAbsent(String type) throws Exception {
        Path mountPoint = Files.createDirectory(folder.resolve("mnt"));
        Path path = mountPoint.resolve("state");
        try (MountedFileSystem disk = MountedFileSystem.loop(mountPoint, type, "512")) {
            try (StateFolder state = StateFolder.open(disk.path().resolve("state"))) {
                TestImage.make(state, "image");
            }
            MountedFileSystem.run("sync", "-f", mountPoint.toString());
            work(path);
        }
        int found = 0;
        for (int cut = 0; cut < 5; cut++) {
            try (MountedFileSystem disk = MountedFileSystem.remounted(mountPoint, type)) {
                try (StateFolder state = StateFolder.open(disk.path().resolve("state"))) {
                    ContainerStore store = new ContainerStore(state, Checkpoints.NONE);
                    store.sweep();
                    WholeContainers.check(state);
                    found += store.names().size();
                    for (String name : store.names()) {
                        store.delete(state.locks().exclusive(LockName.container(name)), () -> {});
                    }
                }
                work(path);
            }
        }
        assertThat(found)
                .as("containers that were on disk before the power went")
                .isPositive();
    }

    /** Creates and changes containers, and cuts the power in the middle of it. */
    private static void work(Path path) throws Exception {
        try (StateFolder state = StateFolder.open(path)) {
            ContainerStore store = new ContainerStore(state, Checkpoints.NONE);
            for (int i = 0; i < 10; i++) {
                String name = "web" + i;
                Config config = Config.ofImage("image").hostname(name);
                try (Lock lock = state.locks().exclusive(LockName.container(name))) {
                    FirstBoot firstBoot = new FirstBoot(name, MachineId.random(), Optional.empty());
                    Settled.create(store, lock, config, firstBoot, CopyProgress.NONE);
                }
                if (i % 3 == 0) {
                    try (ContainerFolder container = store.open(name)) {
                        container.configure(config.label("changed", "yes"));
                    }
                }
                if (i % 4 == 3) {
                    store.delete(state.locks().exclusive(LockName.container(name)), () -> {});
                }
            }
            cutPower(state);
        }
    }

    private static void cutPower(StateFolder state) {
        try (Scratch scratch = Scratch.open()) {
            Block flags = scratch.zeroed(8);
            flags.buffer().putInt(0, WITHOUT_LOG);
            assertThat(state.root().fd().call(Syscall.IOCTL, SHUTDOWN, flags.address()))
                    .isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"ext4", "xfs"})
    @NeedsCommand({"mount", "umount", "mkfs.ext4", "mkfs.xfs", "truncate"})
    void afterAPowerCutWhatWasNotSettledIsAbsent(String type) throws Exception {
        Path mountPoint = Files.createDirectory(folder.resolve("mnt"));
        String content = "0123456789".repeat(10_000);
        int files = 200;
        try (MountedFileSystem disk = MountedFileSystem.loop(mountPoint, type, "512");
                StateFolder state = StateFolder.open(disk.path().resolve("state"))) {
            Path rootfs = TestImage.make(state, "image");
            for (int i = 0; i < files; i++) {
                Files.writeString(rootfs.resolve("file" + i), content);
            }
            MountedFileSystem.run("sync", "-f", mountPoint.toString());
            copy(state, "settled");
            try (Settler settler = new Settler(state)) {
                settler.request();
            }
            copy(state, "torn");
            unsettled(state, "torn-overlay");
            // The names get to disk, as they may at any moment; what is in the files doesn't.
            state.containers().sync();
            cutPower(state);
        }
        try (MountedFileSystem disk = MountedFileSystem.remounted(mountPoint, type);
                StateFolder state = StateFolder.open(disk.path().resolve("state"))) {
            // All of this is one boot; the marker has to tell of another.
            for (String name : List.of("torn", "torn-overlay")) {
                Path marker = state.path().resolve("containers/" + name + "/unsynced");
                assertThat(marker).isSymbolicLink();
                Files.delete(marker);
                Files.createSymbolicLink(marker, Path.of("00000000-0000-0000-0000-000000000000"));
            }
            assertThat(new ContainerStore(state, Checkpoints.NONE).sweep())
                    .anyMatch(removed -> removed.startsWith("container torn,"))
                    .anyMatch(removed -> removed.startsWith("container torn-overlay,"));
            assertThat(new ContainerStore(state, Checkpoints.NONE).names()).containsExactly("settled");
            for (int i = 0; i < files; i++) {
                assertThat(state.path().resolve("containers/settled/rootfs/file" + i))
                        .hasContent(content);
            }
        }
    }

    private static void unsettled(StateFolder state, String name) {
        FirstBoot firstBoot = new FirstBoot(name, MachineId.random(), Optional.empty());
        ContainerStore store = new ContainerStore(state, Checkpoints.NONE);
        try (Lock lock = state.locks().exclusive(LockName.container(name))) {
            store.create(lock, Config.ofImage("image"), Optional.empty(), firstBoot, CopyProgress.NONE)
                    .close();
        }
    }

    private static void copy(StateFolder state, String name) {
        Config config = Config.ofImage("image").storage(Storage.COPY);
        try (Lock lock = state.locks().exclusive(LockName.container(name))) {
            FirstBoot firstBoot = new FirstBoot(name, MachineId.random(), Optional.empty());
            Settled.create(new ContainerStore(state, Checkpoints.NONE), lock, config, firstBoot, CopyProgress.NONE);
        }
    }
}

package io.lxj.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lxj.config.ByteSize;
import io.lxj.config.Config;
import io.lxj.config.ImageInfo;
import io.lxj.config.InitSystem;
import io.lxj.config.Storage;
import io.lxj.error.AlreadyExistsException;
import io.lxj.error.CorruptStateException;
import io.lxj.error.InUseException;
import io.lxj.error.LxjException;
import io.lxj.error.NotFoundException;
import io.lxj.storage.Checkpoints;
import io.lxj.storage.ContainerFolder;
import io.lxj.storage.ContainerStore;
import io.lxj.storage.CopyProgress;
import io.lxj.storage.FirstBoot;
import io.lxj.storage.Lock;
import io.lxj.storage.LockName;
import io.lxj.storage.MachineId;
import io.lxj.storage.Settled;
import io.lxj.storage.Settler;
import io.lxj.storage.StateFolder;
import io.lxj.testing.LeaksNothing;
import io.lxj.testing.NeedsOwnFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@LeaksNothing
@NeedsOwnFiles
class ImageStoreTest {
    @TempDir
    Path folder;

    private StateFolder state;
    private ContainerStore containers;
    private ImageStore images;

    @BeforeEach
    void open() {
        state = StateFolder.open(folder.resolve("state"));
        containers = new ContainerStore(state, Checkpoints.NONE);
        images = new ImageStore(state, containers, Checkpoints.NONE);
    }

    @AfterEach
    void close() {
        state.close();
    }

    private Path folder(String name) {
        return state.path().resolve("images").resolve(name);
    }

    private ImageInfo make(String name) throws Exception {
        Files.createDirectories(folder(name).resolve("rootfs/etc"));
        ImageInfo info = new ImageInfo(
                name,
                Instant.parse("2026-01-02T03:04:05Z"),
                Optional.empty(),
                ByteSize.bytes(1000),
                7,
                Optional.empty(),
                Optional.of("x86_64"),
                InitSystem.NONE,
                Optional.empty(),
                List.of());
        Files.writeString(folder(name).resolve("image.json"), ImageFile.write(info));
        return info;
    }

    private List<ImageInfo> all() {
        return images.names().stream().map(images::get).toList();
    }

    private void create(String container, Config config) {
        create(containers, container, config);
    }

    private void create(ContainerStore store, String container, Config config) {
        try (Lock lock = state.locks().exclusive(LockName.container(container))) {
            FirstBoot firstBoot = new FirstBoot(container, MachineId.random(), Optional.empty());
            Settled.create(store, lock, config, firstBoot, CopyProgress.NONE);
        }
    }

    @Test
    void listsWhatIsThereByName() throws Exception {
        ImageInfo debian = make("debian-12");
        ImageInfo alpine = make("alpine");
        Files.createDirectories(folder(".hidden"));
        assertThat(images.names()).containsExactly("alpine", "debian-12");
        assertThat(all()).containsExactly(alpine, debian);
        assertThat(images.get("alpine")).isEqualTo(alpine);
        assertThat(images.find("busybox")).isEmpty();
        assertThatThrownBy(() -> images.get("busybox"))
                .isInstanceOf(NotFoundException.class)
                .hasMessage("image busybox: not found; there are: [alpine, debian-12]");
        assertThat(images.rootfs("alpine")).isDirectory();
    }

    @Test
    void aFileThatSomebodyEditedIsNamed() throws Exception {
        make("alpine");
        Path file = folder("alpine").resolve("image.json");
        Files.writeString(file, "{}");
        assertThatThrownBy(() -> images.get("alpine"))
                .isInstanceOf(CorruptStateException.class)
                .hasMessageStartingWith("read " + file + ": ");
        Files.delete(file);
        assertThatThrownBy(() -> images.get("alpine"))
                .isInstanceOf(LxjException.class)
                .hasMessageContaining("the image is damaged");
    }

    @Test
    void aRenamedImageIsTheSame() throws Exception {
        ImageInfo alpine = make("alpine");
        images.rename("alpine", "base");
        assertThat(all()).containsExactly(alpine.name("base"));
        assertThat(folder("base").resolve("image.json")).content().contains("\"base\"");
        assertThat(state.path().resolve("locks/image.alpine")).doesNotExist();
    }

    @Test
    void aRenameReplacesNothing() throws Exception {
        ImageInfo alpine = make("alpine");
        ImageInfo base = make("base");
        assertThatThrownBy(() -> images.rename("alpine", "base"))
                .isInstanceOf(AlreadyExistsException.class)
                .hasMessage("image base: exists already; choose another name or remove that one first");
        assertThatThrownBy(() -> images.rename("debian", "other")).isInstanceOf(NotFoundException.class);
        assertThat(all()).containsExactly(alpine, base);
    }

    @Test
    void aDeletedImageLeavesNothing() throws Exception {
        make("alpine");
        images.delete("alpine");
        assertThat(images.names()).isEmpty();
        assertThat(state.path().resolve("tmp")).isEmptyDirectory();
        assertThat(state.path().resolve("locks")).isEmptyDirectory();
        assertThatThrownBy(() -> images.delete("alpine")).isInstanceOf(NotFoundException.class);
        assertThat(state.path().resolve("locks")).isEmptyDirectory();
    }

    @Test
    void anImageThatContainersNeedStaysUnderItsName() throws Exception {
        make("alpine");
        create("web", Config.ofImage("alpine"));
        create("db", Config.ofImage("alpine"));
        assertThatThrownBy(() -> images.delete("alpine"))
                .isInstanceOfSatisfying(InUseException.class, e -> assertThat(e.users())
                        .containsExactly("container db", "container web"))
                .hasMessage("delete image alpine: in use by container db, container web; destroy what uses it first, or"
                        + " keep the image");
        assertThatThrownBy(() -> images.rename("alpine", "base"))
                .isInstanceOf(InUseException.class)
                .hasMessageStartingWith("rename image alpine to base: in use by container db, container web");
        assertThat(images.names()).containsExactly("alpine");
        for (String container : List.of("web", "db")) {
            containers.delete(state.locks().exclusive(LockName.container(container)), () -> {});
        }
        images.delete("alpine");
        assertThat(images.names()).isEmpty();
    }

    @Test
    void aCopyDoesNotNeedItsImage() throws Exception {
        ImageInfo alpine = make("alpine");
        create("web", Config.ofImage("alpine").storage(Storage.COPY));
        images.delete("alpine");
        assertThat(images.names()).isEmpty();
        try (ContainerFolder web = containers.open("web")) {
            assertThat(images.of(web)).isEqualTo(alpine);
        }
    }

    @Test
    void anImageIsNotDeletedWhileAContainerOfItIsBeingMade() throws Exception {
        make("alpine");
        CountDownLatch making = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        ContainerStore slow = new ContainerStore(state, step -> {
            if (step.equals("create: populated")) {
                making.countDown();
                await(goOn);
            }
        });
        CompletableFuture<Void> creation =
                CompletableFuture.runAsync(() -> create(slow, "web", Config.ofImage("alpine")));
        making.await();
        CompletableFuture<Void> deletion = CompletableFuture.runAsync(() -> images.delete("alpine"));
        assertThat(state.locks().tryExclusive(LockName.image("alpine"))).isEmpty();
        assertThat(deletion).isNotDone();
        goOn.countDown();
        creation.get();
        assertThatThrownBy(deletion::get).hasCauseInstanceOf(InUseException.class);
        assertThat(containers.names()).containsExactly("web");
        assertThat(images.names()).containsExactly("alpine");
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void whereARenameOrDeletionIsCutOffTheImageIsWholeOrAbsent() throws Exception {
        List<String> steps = List.of("rename image: renamed", "delete image: renamed", "delete image: removed");
        for (String fatal : steps) {
            ImageInfo alpine = make("alpine");
            ImageStore cutOff = new ImageStore(state, containers, step -> {
                if (step.equals(fatal)) {
                    throw new IllegalStateException("cut off");
                }
            });
            assertThatThrownBy(() -> {
                        cutOff.rename("alpine", "base");
                        cutOff.delete("base");
                    })
                    .hasMessage("cut off");
            images.sweep();
            containers.sweep();
            assertThat(state.path().resolve("tmp")).isEmptyDirectory();
            List<ImageInfo> left = all();
            if (fatal.startsWith("rename")) {
                assertThat(left).containsExactly(alpine.name("base"));
                images.delete("base");
            } else {
                assertThat(left).isEmpty();
            }
        }
    }

    @Test
    void aSweepRemovesTornImagesOnly() throws Exception {
        make("whole");
        make("torn");
        make("recent");
        String boot =
                Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip();
        mark("torn", "00000000-0000-0000-0000-000000000000");
        mark("recent", boot);
        assertThat(images.sweep()).containsExactly("image torn, which wasn't on disk yet when the machine went down");
        assertThat(images.names()).containsExactly("recent", "whole");
        try (Settler settler = new Settler(state)) {
            settler.request();
        }
        assertThat(folder("recent").resolve("unsynced")).doesNotExist();
        assertThat(images.sweep()).isEmpty();
    }

    private void mark(String image, String boot) throws IOException {
        Files.createSymbolicLink(folder(image).resolve("unsynced"), Path.of(boot));
    }
}

package io.lxj.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lxj.testing.Caller;
import io.lxj.testing.LeaksNothing;
import io.lxj.testing.NeedsCommand;
import io.lxj.testing.NeedsContainers;
import io.lxj.testing.OwnIds;
import io.lxj.testing.StateFolder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

@NeedsContainers
@LeaksNothing
class DeputyTest {
    private static final byte[] NAME = name("file");

    @StateFolder
    Path folder;

    /** Its root is the first of ids that nobody else has, and this process's user is {@link OwnIds#USER}. */
    private static final Deputy.Ids IDS = Caller.isRoot() ? new HostIds() : new OwnIds();

    /** As root gives them. */
    private static final class HostIds implements Deputy.Ids {
        private static final long FIRST = 1_879_048_192L;

        @Override
        public void map(int pid) throws IOException {
            for (String file : new String[] {"gid_map", "uid_map"}) {
                // One write(2): all lines have to come at once.
                Files.write(
                        Path.of("/proc/" + pid, file),
                        ("0 " + FIRST + " 65536\n" + OwnIds.USER + " 0 1\n").getBytes(StandardCharsets.US_ASCII));
            }
        }

        @Override
        public long count() {
            return 65_536;
        }
    }

    private static int first() throws IOException {
        return (int) (Caller.isRoot() ? HostIds.FIRST : OwnIds.first());
    }

    private static byte[] name(String text) {
        return FileName.bytes(text);
    }

    @Test
    void whatItMakesBelongsToItsRootAndIdsAreThoseOfItsNamespace() throws IOException {
        try (Deputy deputy = Deputy.start(folder, IDS)) {
            assertThat(deputy.folder().stat().uid()).isEqualTo(OwnIds.USER);
            Directory directory = new Directory(deputy.folder());
            try (Fd file = directory.open(NAME, Open.O_CREAT | Open.O_RDWR, 0644)) {
                assertThat(file.stat().uid()).isZero();
                assertThat(Files.getAttribute(folder.resolve("file"), "unix:uid"))
                        .isEqualTo(first());
                Metadata.chown(file, 7, 8);
                file.write(name("content"));
            }
            assertThat(Files.getAttribute(folder.resolve("file"), "unix:uid")).isEqualTo(first() + 7);
            assertThat(Files.getAttribute(folder.resolve("file"), "unix:gid")).isEqualTo(first() + 8);
            assertThat(Files.readString(folder.resolve("file"))).isEqualTo("content");
        }
    }

    @Test
    void linksNamesAndAttributesAreItsOwnToo() throws IOException {
        try (Deputy deputy = Deputy.start(folder, IDS)) {
            Directory directory = new Directory(deputy.folder());
            directory.mkdir(name("sub"), 0700);
            try (Directory sub = directory.openDirectory(name("sub"))) {
                sub.symlink(name("/some/where"), name("link"));
                assertThat(sub.readLink(name("link"))).isEqualTo(name("/some/where"));
                sub.rename(name("link"), directory, name("moved"));
                assertThat(directory.readLink(name("moved"))).isEqualTo(name("/some/where"));
                directory.open(NAME, Open.O_CREAT | Open.O_WRONLY, 0600).close();
                directory.link(directory, NAME, name("other"));
                Xattrs.set(directory, NAME, "user.note", name("value"));
                assertThat(Xattrs.all(directory, name("other"))).containsEntry("user.note", name("value"));
            }
            directory.removeTree(name("sub"));
            assertThatThrownBy(() -> directory.stat(name("sub")))
                    .isInstanceOfSatisfying(LinuxException.class, e -> assertThat(e.is(Errno.ENOENT))
                            .isTrue());
        }
    }

    @Test
    void manyNamesAreRemovedThoughAMessageTakesSome() throws IOException {
        try (Deputy deputy = Deputy.start(folder, IDS)) {
            Directory directory = new Directory(deputy.folder());
            List<byte[]> names = new ArrayList<>();
            for (int i = 0; i < 1500; i++) {
                names.add(name("f".repeat(i % 200) + i));
                directory.open(names.get(i), Open.O_CREAT | Open.O_WRONLY, 0600).close();
            }
            directory.mkdir(name("folder"), 0700);
            names.add(700, name("folder"));
            names.add(name("not there"));
            assertThat(UnlinkBatch.unlink(directory, names)).containsExactly(name("folder"));
            assertThat(directory.list()).extracting(DirectoryEntry::string).containsExactly("folder");
            assertThat(UnlinkBatch.unlink(directory, List.of())).isEmpty();
        }
    }

    @Test
    void aFileOfTheHostsRootIsNotItsOwn() throws IOException {
        try (Deputy deputy = Deputy.start(folder, IDS);
                Fd shadow = deputy.open("/etc/shadow", Open.O_PATH)) {
            // Reopened by its number, which is another one over there.
            assertThatThrownBy(() -> shadow.reopen(Open.O_WRONLY))
                    .isInstanceOfSatisfying(LinuxException.class, e -> assertThat(e.is(Errno.EACCES))
                            .isTrue());
        }
    }

    /** A path that goes through an fd of this process has to go through another one over there; a name must not change. */
    @Test
    void whatALinkLeadsToAndFilesAreNamedIsLeftAlone() throws IOException {
        byte[] target = name("/proc/self/fd/0");
        try (Deputy deputy = Deputy.start(folder, IDS)) {
            Directory directory = new Directory(deputy.folder());
            directory.symlink(target, name("stdin"));
            assertThat(directory.readLink(name("stdin"))).isEqualTo(target);
            assertThat(Files.readSymbolicLink(folder.resolve("stdin"))).hasToString("/proc/self/fd/0");
            RootDir root = new RootDir(deputy.folder());
            root.mkdirs(name("proc/self/fd"), 0755).close();
            root.open(name("/proc/self/fd/0"), Open.O_CREAT | Open.O_WRONLY, 0600)
                    .close();
            assertThat(folder.resolve("proc/self/fd/0")).exists();
        }
    }

    @Test
    void itMountsWhatThisProcessUses() throws IOException {
        try (Deputy deputy = Deputy.start(folder, IDS);
                FileSystemContext context = FileSystemContext.open("tmpfs", deputy.folder())) {
            try (DetachedMount mount = context.mount(0)) {
                new Directory(mount.fd()).mkdir(NAME, 0755);
                assertThat(new Directory(mount.fd()).stat(NAME).uid()).isZero();
            }
        }
    }

    /** Stopped, it is as one that a file system doesn't answer. */
    @Test
    void oneThatDoesNotAnswerIsGivenUpAndWhatItAnswersLateIsNobodys() throws IOException {
        try (Deputy deputy = Deputy.startForFiles(IDS, Duration.ofMillis(300));
                Pidfd process = Pidfd.open(deputy.pid());
                Fd host = Fd.open(folder, Open.O_PATH, 0);
                Fd lent = deputy.actFor(host)) {
            assertThat(lent.stat().isDirectory()).isTrue();
            process.send(Signal.SIGSTOP);
            assertThatThrownBy(lent::stat).hasMessageContaining("ETIMEDOUT (");
            process.send(Signal.SIGCONT);
            assertThat(deputy.isLost()).isTrue();
            assertThatThrownBy(() -> new Directory(lent).stat(name("none"))).hasMessageContaining("EOWNERDEAD (");
            assertThatThrownBy(() -> UnlinkBatch.unlink(new Directory(lent), List.of(name("none"))))
                    .hasMessageContaining("EOWNERDEAD (");
        }
    }

    /** As from a file that a container holds up: nobody writes into the pipe. */
    @Test
    void whatDoesNotComeFromAFileIsGivenUp() throws IOException {
        try (Deputy deputy = Deputy.startForFiles(IDS, Duration.ofMillis(300));
                Pipe pipe = Pipe.open();
                Fd lent = deputy.actFor(pipe.reader())) {
            Block block = Block.allocate(8);
            assertThatThrownBy(() -> lent.read(block, 0, 8)).hasMessageContaining("ETIMEDOUT (");
            assertThat(deputy.isLost()).isTrue();
            try (Pipe other = Pipe.open();
                    Fd delegated = deputy.actFor(other.reader());
                    Fd own = delegated.undelegated()) {
                other.writer().write(new byte[] {7});
                other.writer().close();
                assertThat(own.readAll(8)).containsExactly(7);
            }
        }
    }

    @Test
    void contentGoesThroughInPieces() throws IOException {
        byte[] content = new byte[300_000];
        new Random(1).nextBytes(content);
        try (Deputy deputy = Deputy.startForFiles(IDS, Duration.ofMinutes(1));
                Fd host = Fd.open(folder, Open.O_PATH, 0);
                Fd lent = deputy.actFor(host);
                Fd file = new Directory(lent).open(NAME, Open.O_CREAT | Open.O_RDWR, 0644)) {
            Block block = Block.allocate(content.length);
            block.buffer().put(0, content);
            file.write(block, 0, content.length);
            assertThat(Files.readAllBytes(folder.resolve("file"))).isEqualTo(content);
            assertThat(file.call(Syscall.LSEEK, 0, 0)).isZero();
            assertThat(file.readAll(content.length)).isEqualTo(content);
            Block second = Block.allocate(content.length);
            int part = file.read(second, 0, content.length, 100_000);
            assertThat(part).isEqualTo(DelegatedCall.PIECE);
            byte[] bytes = new byte[part];
            second.buffer().get(0, bytes);
            assertThat(bytes).isEqualTo(Arrays.copyOfRange(content, 100_000, 100_000 + part));
        }
    }

    /** As one that is held up by what it closes after its answer. */
    @Test
    void oneThatIsStoppedIsNotWaitedForInTheEnd() throws IOException {
        Deputy deputy = Deputy.startForFiles(IDS, Duration.ofMinutes(1));
        try (Pidfd process = Pidfd.open(deputy.pid())) {
            process.send(Signal.SIGSTOP);
            deputy.close();
            assertThat(process.awaitExit(Duration.ofSeconds(30))).isTrue();
        }
    }

    @Test
    void oneThatWasKilledIsLost() throws IOException {
        try (Deputy deputy = Deputy.startForFiles(IDS, Duration.ofMinutes(1));
                Pidfd process = Pidfd.open(deputy.pid())) {
            assertThat(deputy.isLost()).isFalse();
            process.send(Signal.SIGKILL);
            while (process.isAlive()) {
                Thread.onSpinWait();
            }
            assertThat(deputy.isLost()).isTrue();
        }
    }

    /** The kernel counts what is in flight by the real user, which is this process's. */
    @Test
    @NeedsCommand("prlimit")
    void whatItCannotHandOverFailsAndItGoesOn() throws Exception {
        try (Deputy deputy = Deputy.startForFiles(IDS, Duration.ofMinutes(1));
                Fd host = Fd.open(folder, Open.O_PATH, 0);
                Fd lent = deputy.actFor(host)) {
            Directory directory = new Directory(lent);
            try (UnixSocket.Pair pair = UnixSocket.pair()) {
                for (int i = 0; i < 2; i++) {
                    pair.first().send(new byte[1], Collections.nCopies(UnixSocket.MAX_FDS, host));
                }
                limitFiles(deputy.pid(), 200);
                assertThatThrownBy(() -> directory.open(NAME, Open.O_CREAT | Open.O_RDWR, 0600))
                        .hasMessageContaining("ETOOMANYREFS (");
                assertThat(directory.stat(NAME).isRegular()).isTrue();
            }
            directory.open(NAME, Open.O_RDWR, 0).close();
            assertThat(deputy.isLost()).isFalse();
        }
    }

    private static void limitFiles(int pid, int count) throws Exception {
        Process prlimit = new ProcessBuilder("prlimit", "--pid", Integer.toString(pid), "--nofile=" + count)
                .inheritIO()
                .start();
        assertThat(prlimit.waitFor()).isZero();
    }

    @Test
    void afterItsEndACallFailsInsteadOfWaiting() throws IOException {
        Deputy deputy = Deputy.start(folder, IDS);
        try (Fd kept = deputy.folder().duplicate()) {
            deputy.close();
            assertThatThrownBy(kept::stat).isInstanceOfAny(LinuxException.class, IllegalStateException.class);
        }
    }

    @Test
    void withoutIdsItIsGoneAgain() {
        Deputy.Ids none = new Deputy.Ids() {
            @Override
            public void map(int pid) throws IOException {
                throw new IOException("no ids");
            }

            @Override
            public long count() {
                return 1;
            }
        };
        assertThatThrownBy(() -> Deputy.start(folder, none)).hasMessage("no ids");
    }
}

package io.lxj.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lxj.testing.LeaksNothing;
import io.lxj.testing.NeedsCommand;
import io.lxj.testing.NeedsRoot;
import io.lxj.testing.NeedsRootfs;
import io.lxj.testing.TestRootfs;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@LeaksNothing
class TreeCopyTest {
    private static final byte[] SOURCE = FileName.bytes("source");
    private static final byte[] COPY = FileName.bytes("copy");

    @TempDir
    Path folder;

    private Directory directory;

    @BeforeEach
    void open() throws Exception {
        directory = new Directory(Fd.open(folder, Open.O_RDONLY | Open.O_DIRECTORY, 0));
    }

    @AfterEach
    void removeAll() throws Exception {
        for (DirectoryEntry entry : directory.list()) {
            directory.removeTree(entry.name());
        }
        directory.close();
    }

    private void copy(LongConsumer progress) throws Exception {
        TreeCopy.copy(directory, SOURCE, directory, COPY, attribute -> true, progress);
    }

    private void copy() throws Exception {
        copy(bytes -> {});
    }

    /** Everything that find(1), getfattr(1) and the checksums can tell of a tree, in one text. */
    private String describe(String name) throws Exception {
        return Shell.run("cd " + folder + "/" + name + " && "
                + "find . -printf '%P|%y|%m|%U|%G|%T@|%l|%n\\n' | sort && "
                + "find . ! -type d -printf '%P|%s|%b\\n' | sort && "
                + "find . ! -type l -print0 | sort -z | xargs -0 getfattr -h -d -m - --absolute-names 2>/dev/null; "
                + "find . -type f -print0 | sort -z | xargs -0 -r sha256sum; "
                + "find . -links +1 ! -type d -printf '%i %P\\n' | sort -k2 | awk '{print ($1 in n) ? n[$1] : n[$1]=NR, $2}'; "
                + "find . \\( -type c -o -type b \\) -print0 | sort -z | xargs -0 -r stat -c '%n %t:%T'");
    }

    private void make(String script) throws Exception {
        Shell.run("cd " + folder + " && " + script);
    }

    @Test
    void copiesFilesFoldersAndLinks() throws Exception {
        make("mkdir -p source/a/b source/empty && echo text >source/a/file && : >source/a/b/none"
                + " && ln -s /no/such source/dangling && ln -s a/file source/relative && ln source/a/file source/second"
                + " && ln source/a/file source/a/b/third && mkfifo source/a/pipe && chmod 751 source/a"
                + " && chmod 0400 source/a/b/none && chmod 1777 source/empty && chmod 4755 source/second"
                + " && touch -d '1999-12-31 23:59:59.123456789' source/a/b/none source/a source/dangling -h");
        AtomicLong bytes = new AtomicLong();
        copy(bytes::addAndGet);
        assertThat(describe("copy")).isEqualTo(describe("source")).contains("pipe|p|", "second|f|4755|");
        assertThat(bytes).hasValue(5);
    }

    /** Some of them lead so deep that the directory is closed and opened again between two parts of its listing. */
    @Test
    void copiesADirectoryOfMoreNamesThanAreListedAtOnce() throws Exception {
        int names = 3 * TreeCopy.PART;
        make(
                "mkdir source && cd source && seq -f 'name-%g' " + names + " | xargs touch"
                        + " && for i in $(seq 100); do echo deep-$i/$(seq -s / 80)/a deep-$i/$(seq -s / 80)/b; done | xargs mkdir -p");
        copy();
        String list = " && find . -printf '%y %P\\n' | sort";
        String source = Shell.run("cd " + folder + "/source" + list);
        assertThat(source.lines()).hasSize(1 + names + 100 * 83);
        assertThat(Shell.run("cd " + folder + "/copy" + list)).isEqualTo(source);
    }

    @Test
    void timesOfAccessAreKept() throws Exception {
        make("mkdir source && echo x >source/file && touch -a -d '2001-02-03 04:05:06.789' source/file");
        copy();
        Stat stat = Stat.of(Open.AT_FDCWD, FileName.bytes(folder.resolve("copy/file")), 0);
        assertThat(stat.accessedSeconds())
                .isEqualTo(Long.parseLong(
                        Shell.run("date -d '2001-02-03 04:05:06' +%s").strip()));
        assertThat(stat.accessedNanos()).isEqualTo(789_000_000);
    }

    @Test
    void holesStayHoles() throws Exception {
        make("mkdir source && truncate -s 64M source/empty && truncate -s 64M source/sparse"
                + " && printf x | dd of=source/sparse bs=1 seek=20000000 conv=notrunc status=none"
                + " && printf y | dd of=source/sparse bs=1 seek=40000000 conv=notrunc status=none"
                + " && truncate -s 80M source/sparse");
        AtomicLong bytes = new AtomicLong();
        copy(bytes::addAndGet);
        assertThat(describe("copy")).isEqualTo(describe("source"));
        assertThat(bytes.get()).isLessThan(1 << 20);
    }

    @Test
    void largeFilesAreCopiedWhole() throws Exception {
        make("mkdir source && head -c 50000001 /dev/urandom >source/large && head -c 65536 /dev/urandom >source/a"
                + " && head -c 65537 /dev/urandom >source/b && head -c 32769 /dev/urandom >source/c");
        AtomicLong bytes = new AtomicLong();
        copy(bytes::addAndGet);
        assertThat(describe("copy")).isEqualTo(describe("source"));
        assertThat(bytes).hasValue(50000001 + 65536 + 65537 + 32769);
    }

    @Test
    void copiesBetweenFileSystems() throws Exception {
        Path memory = Path.of("/dev/shm");
        assertThat(memory).isDirectory();
        byte[] name = FileName.bytes("lxj-test-" + ProcessHandle.current().pid());
        make(
                "mkdir source && head -c 5000000 /dev/urandom >source/large && echo x >source/small && ln source/small source/l");
        try (Directory other = new Directory(Fd.open(memory, Open.O_RDONLY | Open.O_DIRECTORY, 0))) {
            try {
                TreeCopy.copy(directory, SOURCE, other, name, attribute -> true, bytes -> {});
                TreeCopy.copy(other, name, directory, COPY, attribute -> true, bytes -> {});
            } finally {
                other.removeTree(name);
            }
        }
        assertThat(Shell.run("cd " + folder + " && diff -r source copy")).isEmpty();
    }

    @Test
    void namesOfAnyBytesAreCopied() throws Exception {
        byte[] name = {(byte) 0xFF, '\n', 'x', (byte) 0xC3};
        byte[] longest = new byte[255];
        Arrays.fill(longest, (byte) 'n');
        directory.mkdir(SOURCE, 0755);
        try (Directory source = directory.openDirectory(SOURCE)) {
            source.mkdir(name, 0755);
            source.open(longest, Open.O_CREAT | Open.O_WRONLY, 0644).close();
        }
        copy();
        try (Directory copy = directory.openDirectory(COPY)) {
            assertThat(copy.stat(name).isDirectory()).isTrue();
            assertThat(copy.stat(longest).isRegular()).isTrue();
        }
    }

    @Test
    void treesDeeperThanAnyPathAreCopied() throws Exception {
        int depth = 3000;
        byte[] name = FileName.bytes("a-rather-long-name-of-a-directory");
        directory.mkdir(SOURCE, 0755);
        Directory current = directory.openDirectory(SOURCE);
        current.open(FileName.bytes("first"), Open.O_CREAT | Open.O_WRONLY, 0644)
                .close();
        for (int i = 0; i < depth; i++) {
            current.mkdir(name, 0755);
            try (Directory above = current) {
                current = above.openDirectory(name);
            }
            current.mknod(FileName.bytes("file" + i), Stat.S_IFREG | 0640, 0, 0);
        }
        try (Directory source = directory.openDirectory(SOURCE)) {
            current.link(source, FileName.bytes("first"), FileName.bytes("linked"));
        }
        Metadata.setTimes(current.fd(), FileTimes.at(1234567890, 0));
        current.close();
        copy();
        Directory copied = directory.openDirectory(COPY);
        long first = copied.stat(FileName.bytes("first")).inode();
        for (int i = 0; i < depth; i++) {
            try (Directory above = copied) {
                copied = above.openDirectory(name);
            }
            assertThat(copied.stat(FileName.bytes("file" + i)).permissions()).isEqualTo(0640);
        }
        try (Directory last = copied) {
            assertThat(last.stat(FileName.bytes("linked")).inode()).isEqualTo(first);
            assertThat(last.fd().stat().modifiedSeconds()).isEqualTo(1234567890);
        }
    }

    @Test
    void aListenerThatThrowsEndsTheCopy() throws Exception {
        make("mkdir source && for i in 1 2 3 4 5 6 7 8 9; do mkdir source/$i; echo x >source/$i/a; done");
        assertThatThrownBy(() -> copy(bytes -> {
                    throw new CancellationException("enough");
                }))
                .isInstanceOf(CancellationException.class)
                .hasMessage("enough");
    }

    @Test
    void theCopyMustNotExist() throws Exception {
        make("mkdir source copy");
        assertThatThrownBy(this::copy).hasMessageContaining("EEXIST");
        assertThat(folder.resolve("copy")).isEmptyDirectory();
    }

    @Test
    void whatCannotBeCopiedIsNamed() throws Exception {
        make("mkdir -p source/a/b && echo x >source/a/b/c && chmod 000 source/a/b/c");
        if (Kernel.call(Syscall.GETEUID) == 0) {
            // Root may read everything; so make the target too small for it.
            make("head -c 2000000 /dev/urandom >source/a/b/c && mkdir mount");
            DetachedMount small = DetachedMount.of("tmpfs", Map.of("size", "1m"), 0);
            try (small;
                    Directory target = new Directory(small.fd().duplicate())) {
                assertThatThrownBy(() -> TreeCopy.copy(directory, SOURCE, target, COPY, attribute -> true, bytes -> {}))
                        .hasMessageContaining("ENOSPC")
                        .hasMessageEndingWith("while \"a/b/c\" was copied");
            }
        } else {
            assertThatThrownBy(this::copy).hasMessageEndingWith("while \"a/b/c\" was copied");
        }
    }

    @Test
    @NeedsRoot("makes files of other owners, and device nodes")
    @NeedsCommand({"setfacl", "getfattr", "setfattr", "setcap"})
    void copiesOwnersAttributesDevicesAndCapabilities() throws Exception {
        make("mkdir -p source/acl source/set && echo x >source/file && chown 1234:5678 source/file"
                + " && cp /bin/true source/capable && setcap cap_net_raw+ep source/capable"
                + " && setfattr -n user.comment -v hello source/file && setfattr -n trusted.x -v 0xff00 source/acl"
                + " && setfacl -m u:1000:rwx,d:u:1001:r source/acl && echo y >source/acl/inherited"
                + " && setfacl -m u:42:rw source/file && chown 7:8 source/set && chmod 2775 source/set && echo z >source/set/f"
                + " && mknod source/null c 1 3 && mknod source/disk b 8 1048575 && chmod 600 source/null"
                + " && ln -s x source/link && chown -h 99:98 source/link && chmod 6755 source/capable"
                + " && setcap cap_net_raw+ep source/capable");
        copy();
        String source = describe("source");
        assertThat(describe("copy")).isEqualTo(source);
        assertThat(source)
                .contains(
                        "user.comment",
                        "trusted.x",
                        "security.capability",
                        "posix_acl_default",
                        "disk 8:fffff",
                        "|99|98|");
    }

    @Test
    @NeedsRoot("makes files of other owners")
    @NeedsCommand("setfacl")
    void nothingIsInheritedFromWhereTheCopyIsPut() throws Exception {
        make("mkdir -p source/a && echo x >source/a/file && chmod 0666 source/a/file && mkdir target"
                + " && setfacl -m d:u:1001:rwx,d:g::rwx target && chown 55:66 target && chmod 2777 target");
        try (Directory target = directory.openDirectory(FileName.bytes("target"))) {
            TreeCopy.copy(directory, SOURCE, target, COPY, attribute -> true, bytes -> {});
        }
        assertThat(describe("target/copy")).isEqualTo(describe("source"));
    }

    @Test
    void attributesThatAreNotWantedAreLeftOut() throws Exception {
        make("mkdir source && setfattr -n user.a -v 1 source && setfattr -n user.b -v 2 source");
        TreeCopy.copy(directory, SOURCE, directory, COPY, "user.b"::equals, bytes -> {});
        try (Directory copy = directory.openDirectory(COPY)) {
            assertThat(Xattrs.all(copy.fd())).containsOnlyKeys("user.b");
            assertThat(Xattrs.all(directory, SOURCE)).containsOnlyKeys("user.a", "user.b");
        }
    }

    @Test
    @NeedsRoot("mounts on the host")
    void mountsAreNotCrossed() throws Exception {
        make("mkdir -p source/mount && echo x >source/file");
        try (DetachedMount mount = DetachedMount.of("tmpfs", Map.of(), 0);
                Fd target = Fd.open(folder.resolve("source/mount"), Open.O_PATH | Open.O_DIRECTORY, 0)) {
            mount.attach(target);
            try {
                Files.writeString(folder.resolve("source/mount/inside"), "x");
                copy();
            } finally {
                Mounts.detach(mount.fd());
            }
        }
        assertThat(folder.resolve("copy/mount")).isEmptyDirectory();
        assertThat(folder.resolve("copy/file")).hasContent("x\n");
    }

    @Test
    @NeedsRoot("unpacks files of other owners")
    @NeedsRootfs("debian-12")
    @NeedsCommand({"tar", "getfattr"})
    void aDebianIsTheSameAfterwards() throws Exception {
        make("mkdir source && tar -C source --numeric-owner --xattrs --acls -xf " + TestRootfs.find("debian-12"));
        copy();
        byte[] source = describe("source").getBytes(StandardCharsets.UTF_8);
        assertThat(describe("copy").getBytes(StandardCharsets.UTF_8)).isEqualTo(source);
        assertThat(source.length).isGreaterThan(100_000);
    }
}

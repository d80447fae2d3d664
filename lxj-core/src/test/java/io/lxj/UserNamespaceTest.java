package io.lxj;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lxj.config.Command;
import io.lxj.config.Config;
import io.lxj.config.ExecResult;
import io.lxj.config.IdMap;
import io.lxj.config.Mount;
import io.lxj.config.OnExit;
import io.lxj.config.State;
import io.lxj.config.Storage;
import io.lxj.config.TerminalSize;
import io.lxj.config.User;
import io.lxj.error.InvalidConfigException;
import io.lxj.image.SystemTar;
import io.lxj.image.TreeListing;
import io.lxj.testing.Caller;
import io.lxj.testing.LeaksNothing;
import io.lxj.testing.NeedsContainers;
import io.lxj.testing.NeedsRoot;
import io.lxj.testing.NeedsRootfs;
import io.lxj.testing.StateFolder;
import io.lxj.testing.TestRootfs;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Containers with a user namespace of their own, whose ids are set by hand. */
@NeedsContainers
@NeedsRootfs("alpine")
@LeaksNothing
@Timeout(120)
class UserNamespaceTest {
    private static final long FIRST = 1_700_000_000L;
    private static final IdMap IDS = IdMap.of(FIRST, 65_536);

    @RegisterExtension
    static final TestLxj host = TestLxj.of("alpine");

    @StateFolder
    Path folder;

    private static Config config() {
        Config config = Config.ofImage("alpine").init("/bin/sleep", "1000000");
        // An ordinary user's are never set by hand.
        return Caller.isRoot() ? config.idMap(IDS) : config;
    }

    private static String sh(Container container, String script) {
        ExecResult result = container.exec("sh", "-c", script);
        assertThat(result.stderr()).as(script).isEmpty();
        return result.stdout();
    }

    private static String status(Container container, String field) throws IOException {
        return Files.readAllLines(Path.of("/proc/" + container.pid().orElseThrow() + "/status")).stream()
                .filter(line -> line.startsWith(field + ":"))
                .findFirst()
                .orElseThrow();
    }

    @ParameterizedTest
    @EnumSource(Storage.class)
    @NeedsRoot("sets ids by hand")
    void rootInsideIsNobodyOfTheHost(Storage storage) throws IOException {
        Container container = host.start(config().storage(storage));
        String id = Long.toString(FIRST);
        assertThat(status(container, "Uid")).isEqualTo("Uid:" + ("\t" + id).repeat(4));
        assertThat(status(container, "Gid")).isEqualTo("Gid:" + ("\t" + id).repeat(4));
        assertThat(sh(container, "id")).startsWith("uid=0(root) gid=0(root)");
        assertThat(sh(container, "cat /proc/1/uid_map | tr -s ' '")).isEqualTo(" 0 " + FIRST + " 65536\n");
        assertThat(sh(
                        container,
                        "stat -c '%u:%g' / /bin/busybox /etc/shadow /proc/1 /dev /dev/null /dev/console"
                                + " /sys/fs/cgroup /sys/fs/cgroup/cgroup.procs /run/host /tmp | sort -u"))
                .isEqualTo("0:0\n0:42\n0:5\n");
        // The kernel makes what /dev/mqueue shows together with the namespace, for whoever makes that.
        String own =
                "find /dev /run/host -xdev ! -path /dev/mqueue ! -path '/run/host/nesting/*' -exec stat -c '%u:%g %n' {} +";
        assertThat(sh(container, own).lines()).hasSizeGreaterThan(20).allMatch(line -> line.matches("0:[05] .*"));
        assertThat(
                        sh(
                                container,
                                "touch /made && chown 7:8 /made && stat -c '%u:%g' /made; rm /etc/hostname; ls /etc/hostname 2>&1 | grep -c No"))
                .isEqualTo("7:8\n1\n");
        container.stop();
        assertThat(container.files().info("/made").uid()).isEqualTo(7);
    }

    @Test
    @NeedsRoot("sets ids by hand")
    void theKeeperWorksToo() throws IOException {
        Container container = host.start(config().onExit(OnExit.KEEP));
        assertThat(sh(container, "id -u")).isEqualTo("0\n");
        assertThat(status(container, "Uid")).contains(Long.toString(FIRST));
    }

    @Test
    void aCommandHasTheIdsThatItWasGivenAndNoRightsBeyond() {
        Container container = host.start(config());
        ExecResult result = container.exec(Command.of("sh", "-c", "id -u; id -g; grep CapEff /proc/self/status")
                .user(User.id(1000, 1000)));
        assertThat(result.stdout()).contains("1000\n").contains("CapEff:\t0000000000000000");
    }

    @Test
    void filesHaveTheContainersIdsWhetherItRunsOrNot() throws IOException {
        Container container = host.start(config());
        ContainerFiles files = container.files();
        files.write("/etc/new", new byte[1], 0640, 12, 34);
        files.write("/run/new", "x");
        files.mkdirs("/srv/a/b");
        assertThat(sh(container, "stat -c '%u:%g %a' /etc/new /run/new /srv/a/b"))
                .isEqualTo("12:34 640\n0:0 644\n0:0 755\n");
        assertThat(files.info("/etc/new").uid()).isEqualTo(12);
        container.stop();
        assertThat(files.info("/etc/new").gid()).isEqualTo(34);
    }

    @Test
    @NeedsRoot("makes files of other owners")
    void whatIsPushedInAndPulledOutHasTheContainersIds() throws Exception {
        Path outside = Files.createTempDirectory("lxj-outside");
        try {
            SystemTar.run(
                    outside,
                    "sh",
                    "-ec",
                    "mkdir tree && echo x >tree/file && chown 12:34 tree/file && setfacl -m u:56:r tree/file"
                            + " && cp /bin/true tree/able && setcap cap_net_raw+ep tree/able"
                            + " && tar -C tree --acls -cf tree.tar .");
            Container container = host.start(config());
            ContainerFiles files = container.files();
            files.push(outside.resolve("tree"), "/srv/tree");
            try (InputStream archive = Files.newInputStream(outside.resolve("tree.tar"))) {
                files.push(archive, "/srv/unpacked");
            }
            assertThat(sh(container, "stat -c '%u:%g' /srv/tree/file /srv/unpacked/file"))
                    .isEqualTo("12:34\n12:34\n");
            SortedMap<String, String> pulled = new TreeMap<>();
            for (String name : List.of("tree", "unpacked")) {
                files.pull("/srv/" + name, outside.resolve(name + ".pulled"));
                pulled.put(
                        name, TreeListing.of(outside.resolve(name + ".pulled")).get("./file"));
                assertThat(pulled.get(name)).contains("owner 12:34").contains("02000400" + "38000000");
            }
            try (OutputStream archive = Files.newOutputStream(outside.resolve("packed.tar"))) {
                files.pull("/srv/tree", archive);
            }
            Files.createDirectory(outside.resolve("packed"));
            SystemTar.extract(outside.resolve("packed.tar"), outside.resolve("packed"), "--acls");
            assertThat(TreeListing.of(outside.resolve("packed")).get("./able"))
                    .isEqualTo(TreeListing.of(outside.resolve("tree")).get("./able"));
            assertThatThrownBy(() -> files.chown("/srv/tree/file", 70_000, 0))
                    .hasMessageContaining("the container has no such user: its ids are 0-65535 as 1700000000");
        } finally {
            TestLxj.remove(outside);
        }
    }

    @Test
    @NeedsRoot("shifts the ids of a folder")
    void aFolderOfTheHostIsSeenAsItsOwnerSays() throws Exception {
        Path folder = Files.createTempDirectory("lxj-shared");
        try {
            SystemTar.run(folder, "sh", "-ec", "chown 1234:4321 . && echo x >root && chmod 600 root");
            assertThatThrownBy(() ->
                            host.lxj().containers().create("stranger", config().mount(Mount.bind(folder, "/srv/data"))))
                    .isInstanceOf(InvalidConfigException.class)
                    .hasMessageContaining(folder + " of 1234:4321")
                    .hasMessageContaining("shifted(1234, 4321)");
            Mount ofAnother = Mount.bind(folder, "/srv/data").shifted(1235, 4321);
            for (Config refused : List.of(
                    config().mount(ofAnother),
                    Config.ofImage("alpine").privileged().mount(ofAnother))) {
                assertThatThrownBy(() -> host.lxj().containers().create("stranger", refused))
                        .isInstanceOf(InvalidConfigException.class)
                        .hasMessageContaining(folder + " of 1234:4321")
                        .hasMessageContaining("it maps users 0 as 1235; groups 0 as 4321")
                        .hasMessageContaining("shifted(1234, 4321)");
            }
            assertThat(host.lxj().containers().find("stranger")).isEmpty();
            Container container =
                    host.start(config().mount(Mount.bind(folder, "/srv/seen").readOnly())
                            .mount(Mount.bind(folder, "/srv/user").shifted(1234, 4321))
                            .mount(Mount.bind(folder, "/srv/same").shifted()));
            assertThat(sh(container, "stat -c '%u:%g' /srv/seen /srv/user /srv/same /srv/user/root /srv/same/root"))
                    .isEqualTo("65534:65534\n0:0\n1234:4321\n65534:65534\n0:0\n");
            sh(container, "echo x >/srv/user/made; echo x >/srv/same/made-too; cat /srv/same/root >/dev/null");
            assertThat(container
                            .exec(
                                    "sh",
                                    "-c",
                                    "cat /srv/user/root; cat /srv/seen/root; su -s /bin/sh nobody -c 'echo x >/srv/user/no'")
                            .stderr())
                    .contains("'/srv/user/root': Permission denied")
                    .doesNotContain("made");
            assertThat(TreeListing.of(folder).get("./made")).contains("owner 1234:4321");
            assertThat(TreeListing.of(folder).get("./made-too")).contains("owner 0:0");
            assertThat(folder.resolve("no")).doesNotExist();
        } finally {
            TestLxj.remove(folder);
        }
    }

    @Test
    @NeedsRoot("sets ids by hand")
    void aSingleUserCanBeTheHosts() throws Exception {
        Container container = host.start(config().idMap(IDS.user(1000, 1000).group(1000, 1000)));
        ExecResult result = container.exec(Command.of("sh", "-c", "echo $$; readlink /proc/self; exec sleep 0")
                .user(User.id(1000, 1000)));
        assertThat(result.exitCode()).isZero();
        assertThat(sh(container, "cat /proc/1/uid_map | tr -s ' '"))
                .isEqualTo(" 0 1700000000 1000\n 1000 1000 1\n 1001 1700001001 64535\n");
    }

    @Test
    void aTerminalBelongsToTheContainersRoot() throws Exception {
        Container container = host.start(config());
        ContainerProcess process = container.process(
                Command.of("sh", "-c", "stat -c %u:%g $(tty); echo x >$(tty)").terminal(new TerminalSize(24, 80)));
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).isZero();
        assertThat(said).contains("0:5").contains("x");
    }

    @Test
    @NeedsRoot("starts a privileged container")
    void aPrivilegedContainerHasNone() throws IOException {
        Container container = host.start(Config.ofImage("alpine").privileged().init("/bin/sleep", "1000000"));
        assertThat(status(container, "Uid")).isEqualTo("Uid:\t0\t0\t0\t0");
        assertThat(sh(container, "tr -s ' ' </proc/1/uid_map")).isEqualTo(" 0 0 4294967295\n");
    }

    @Test
    @NeedsRoot("gives a container ids for others")
    void idsForContainersInsideBelongToNobodyElseEither() throws IOException {
        Container container = host.start(Config.ofImage("alpine").nesting(2).init("/bin/sleep", "1000000"));
        List<String> map = sh(container, "tr -s ' ' </proc/1/uid_map")
                .lines()
                .map(String::strip)
                .toList();
        assertThat(map).hasSize(3);
        assertThat(map.get(1)).startsWith("1879048192 ").endsWith(" 65536");
        assertThat(map.get(2)).startsWith("1879113728 ").endsWith(" 65536");
        List<Path> notes = map.stream()
                .map(line -> Path.of("/var/lib/lxj-ids", line.split(" ")[1]))
                .toList();
        assertThat(new HashSet<>(notes)).hasSize(3);
        container.stop();
        container.rename("nesting");
        Container renamed = host.lxj().containers().get("nesting");
        for (Path note : notes) {
            assertThat(Files.readSymbolicLink(note)).isEqualTo(host.folder().resolve("containers/nesting"));
        }
        renamed.start();
        assertThat(sh(renamed, "tr -s ' ' </proc/1/uid_map").lines().map(String::strip))
                .containsExactlyElementsOf(map);
        renamed.stop();
        renamed.destroy();
        assertThat(notes).noneMatch(Files::isSymbolicLink);
    }

    /** In this machine's first user namespace: what another one calls root isn't the host's, see NestedLxjTest. */
    @Test
    @NeedsRoot("sets ids by hand")
    void rootOfTheHostIsGivenToAContainerByNameOnly() throws IOException {
        Map<String, IdMap> maps = Map.of(
                "idMap.users: \"0-65535 as 0-65535\"", IdMap.of(0, 65_536),
                "idMap.users: \"70000 as 0\"", IDS.user(70_000, 0),
                "idMap.groups: \"70000 as 0\"", IDS.group(70_000, 0));
        Container container = host.create(config());
        maps.forEach((message, map) -> {
            assertThatThrownBy(() -> host.lxj().containers().create("root", config().idMap(map)))
                    .isInstanceOf(InvalidConfigException.class)
                    .hasMessageStartingWith(message)
                    .hasMessageContaining("Config.privileged()");
            assertThat(host.lxj().containers().find("root")).isEmpty();
            assertThatThrownBy(() -> container.configure(config().idMap(map)))
                    .isInstanceOf(InvalidConfigException.class)
                    .hasMessageStartingWith(message);
        });
        // As a version before this rule may have left it.
        Path record = host.folder().resolve("containers/" + container.name() + "/container.json");
        Files.writeString(record, Files.readString(record).replace(Long.toString(FIRST), "0"));
        assertThatThrownBy(container::start)
                .isInstanceOf(InvalidConfigException.class)
                .hasMessageStartingWith("idMap.users: ");
        assertThat(container.state()).isEqualTo(State.STOPPED);
    }

    @Test
    @NeedsRoot("sets ids by hand")
    void idsOfAnotherContainerAreRefused() throws IOException {
        Config pooled = Config.ofImage("alpine").init("/bin/sleep", "1000000");
        Container other = host.start(pooled);
        long taken = Long.parseLong(status(other, "Uid").split("\t")[1]);
        Config sharing = pooled.idMap(IDS.user(70_000, taken + 7));
        assertThatThrownBy(() -> host.lxj().containers().create("sharing", sharing))
                .isInstanceOf(InvalidConfigException.class)
                .hasMessageStartingWith("idMap: ")
                .hasMessageContaining(taken + " to " + (taken + 65_535) + " belong to " + host.folder());
        assertThat(host.lxj().containers().find("sharing")).isEmpty();
        other.stop();
        other.destroy();
        assertThat(Path.of("/var/lib/lxj-ids", Long.toString(taken))).doesNotExist();
    }

    /** Of whatever state folder, and although lxj gives these ids to nobody. */
    @Test
    @NeedsRoot("sets ids by hand")
    void noTwoContainersHaveTheSameIdsByHand() throws IOException {
        Container container = host.create(config());
        Config overlapping = config().idMap(IdMap.of(FIRST + 65_535, 10));
        String message = FIRST + " to " + (FIRST + 65_535) + " belong to "
                + host.folder().resolve("containers").resolve(container.name());
        try (Lxj other = Lxj.open(folder.resolve("state"))) {
            other.images().importTarball("alpine", TestRootfs.find("alpine"));
            assertThatThrownBy(() -> other.containers().create("other", overlapping))
                    .isInstanceOf(InvalidConfigException.class)
                    .hasMessageStartingWith("idMap: ")
                    .hasMessageContaining(message);
            assertThat(other.containers().list()).isEmpty();
            // A user of the host may be that of several containers.
            Config passedOn = config().idMap(IdMap.of(FIRST + 100_000, 10).user(1000, 1000));
            Container one = other.containers().create("one", passedOn);
            Container two = other.containers()
                    .create("two", config().idMap(IdMap.of(FIRST + 200_000, 10).user(1000, 1000)));
            assertThatThrownBy(() -> two.configure(overlapping)).hasMessageContaining(message);
            one.destroy();
            two.configure(passedOn);
            two.destroy();
        }
        TestLxj.remove(folder.resolve("state"));
    }

    @Test
    @NeedsRoot("sets ids by hand")
    void idsSetByHandAreGivenToNoOtherContainer() throws IOException {
        Config pooled = Config.ofImage("alpine").init("/bin/sleep", "1000000");
        Container first = host.create(pooled);
        first.start();
        long free = Long.parseLong(status(first, "Uid").split("\t")[1]);
        first.stop();
        first.destroy();
        Path note = Path.of("/var/lib/lxj-ids", Long.toString(free));
        Config byHand = pooled.idMap(IDS.user(70_000, free + 7));
        host.lxj().containers().create("hand", byHand).rename("by-hand");
        Container container = host.lxj().containers().get("by-hand");
        assertThat(Files.readSymbolicLink(note)).isEqualTo(host.folder().resolve("containers/by-hand"));

        Container other = host.start(pooled);
        assertThat(status(other, "Uid").split("\t")[1]).isNotEqualTo(Long.toString(free));
        assertThatThrownBy(() -> host.create(pooled.idMap(IDS.user(70_000, free + 8))))
                .isInstanceOf(InvalidConfigException.class)
                .hasMessageContaining(" belong to " + host.folder().resolve("containers/by-hand"));
        container.start();
        assertThat(sh(container, "tr -s ' ' </proc/1/uid_map")).contains(" 70000 " + (free + 7) + " 1\n");
        container.stop();

        container.configure(pooled.idMap(IDS));
        assertThat(note).doesNotExist();
        container.configure(byHand);
        assertThat(note).isSymbolicLink();
        container.destroy();
        assertThat(note).doesNotExist();
    }

    @Test
    @NeedsRoot("looks into the folder of ids of the whole host")
    void theIdsStayThroughRestartAndRenameAndAreFreeAfterwards() throws IOException {
        Container container = host.start(Config.ofImage("alpine").init("/bin/sleep", "1000000"));
        String uids = status(container, "Uid");
        Path note = Path.of("/var/lib/lxj-ids", uids.split("\t")[1]);
        assertThat(Files.readSymbolicLink(note))
                .isEqualTo(host.folder().resolve("containers").resolve(container.name()));
        container.stop();
        container.rename("renamed");
        Container renamed = host.lxj().containers().get("renamed");
        assertThat(Files.readSymbolicLink(note)).isEqualTo(host.folder().resolve("containers/renamed"));
        renamed.start();
        assertThat(status(renamed, "Uid")).isEqualTo(uids);
        renamed.stop();
        renamed.destroy();
        assertThat(note).doesNotExist();
    }
}

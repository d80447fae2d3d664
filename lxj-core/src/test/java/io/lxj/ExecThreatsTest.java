package io.lxj;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.lxj.config.Command;
import io.lxj.config.Config;
import io.lxj.config.ExecResult;
import io.lxj.config.SeccompProfile;
import io.lxj.config.Security;
import io.lxj.config.TerminalSize;
import io.lxj.config.User;
import io.lxj.error.LxjException;
import io.lxj.linux.Architecture;
import io.lxj.linux.Arg;
import io.lxj.linux.Syscall;
import io.lxj.storage.OtherJvm;
import io.lxj.testing.CProgram;
import io.lxj.testing.LeaksNothing;
import io.lxj.testing.NeedsCommand;
import io.lxj.testing.NeedsContainers;
import io.lxj.testing.NeedsRoot;
import io.lxj.testing.NeedsRootfs;
import io.lxj.testing.RawCalls;
import io.lxj.testing.TestRootfs;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * Containers that wait for a command to be executed in them, to get hold of it or of what it brings along. Each attack
 * worked on another runtime and is named after its CVE.
 */
@NeedsContainers
@NeedsRootfs("alpine")
@LeaksNothing
@Timeout(300)
class ExecThreatsTest {
    private static final String SELF = "/proc/self/exe";
    private static final int MEETINGS = 10;
    private static final int NEWCOMERS = 10_000;

    @RegisterExtension
    static final TestLxj host = TestLxj.of("alpine");

    private Container container;

    @BeforeEach
    void start() {
        container = host.start(Config.ofImage("alpine").init("/bin/sh", "-c", "while :; do sleep 1000000; done"));
        sh("adduser -D -u 1500 ann");
    }

    private String sh(String script) {
        return out(Command.of("sh", "-c", script));
    }

    private String out(Command command) {
        ExecResult result = container.exec(command);
        assertThat(result.stderr()).as(command.toString()).isEmpty();
        return result.stdout();
    }

    private String status(Command command, String fields) {
        return out(command)
                .lines()
                .filter(line -> line.matches("(" + fields + "):.*"))
                .sorted()
                .toList()
                .toString();
    }

    /**
     * What is executed leads back to the program that enters the container: that is never a file of the host, and can't be
     * written to.
     */
    @Test
    void cve2019_5736AProgramThatIsTheOneWhichEnters() {
        sh("ln -s " + SELF + " /usr/bin/link; printf '#!" + SELF + "\\n' >/usr/bin/script; chmod 755 /usr/bin/script");
        for (String program : List.of(SELF, "link", "script")) {
            ExecResult result = container.exec(Command.of(program).timeout(TestLxj.LONG));
            assertThat(result.exitCode()).as(program).isNotZero();
            assertThat(result.stdout()).isEmpty();
        }
    }

    /** Neither a descriptor of the host nor a working directory outside comes along. */
    @Test
    void cve2024_21626ADescriptorOrWorkingDirectoryOfTheHost(@TempDir Path outside) throws IOException {
        Files.writeString(outside.resolve("secret"), "of the host");
        Path tool = Files.writeString(outside.resolve("tool"), "#!/bin/sh\necho of the host\n");
        Files.setPosixFilePermissions(tool, PosixFilePermissions.fromString("rwxr-xr-x"));
        assertThat(out(Command.of("ls", "/proc/self/fd")).split("\n")).containsExactly("0", "1", "2", "3");
        for (int fd = 0; fd < 24; fd++) {
            String link = "/proc/self/fd/" + fd;
            sh("rm -f /work /usr/bin/tool; ln -s " + link + "/..".repeat(12) + outside
                    + " /work; ln -s /work/tool /usr/bin");
            for (String folder : List.of(link, "/work")) {
                assertThatThrownBy(
                                () -> container.exec(Command.of("cat", "secret").workingDirectory(folder)))
                        .isInstanceOf(LxjException.class)
                        .hasMessageContaining("enter the working directory");
            }
            assertThat(container.exec("tool").exitCode()).isEqualTo(127);
        }
        assertThat(out(Command.of("ls", "-d", "passwd").workingDirectory("/proc/1/root/etc")))
                .isEqualTo("passwd\n");
    }

    /** As all descriptors are closed before it is entered, it is below the root whatever link leads there. */
    @Test
    void cve2024_21626AWorkingDirectoryIsBelowTheRoot() {
        sh("mkdir -p /srv/a/b; ln -s /srv/a /srv/link; ln -s /proc/1/root/srv /srv/by-init; ln -s ../../../.. /srv/up;"
                + " ln -s /proc/1/cwd/../.. /srv/up-from-init; ln -s /proc/self/root/../srv /srv/by-itself");
        for (String folder : List.of(
                "/",
                "/srv/link/b",
                "/srv/up",
                "/srv/by-init/a",
                "/srv/up-from-init",
                "/srv/by-itself",
                "/proc/1/cwd",
                "/proc/self/root/srv")) {
            String said = out(
                    Command.of("sh", "-c", "readlink /proc/self/cwd; stat -c %d:%i . \"$(readlink /proc/self/cwd)\"")
                            .workingDirectory(folder));
            String[] lines = said.split("\n");
            // Of a folder that can't be reached from the root the kernel says "(unreachable)", see getcwd(2).
            assertThat(lines[0]).as(folder).startsWith("/");
            assertThat(lines[1]).as(folder).isEqualTo(lines[2]);
        }
    }

    /** The /proc of the container says what it likes; what is entered doesn't depend on it. */
    @Test
    void cve2015_1334AProcThatTheContainerMadeUp() {
        String expected =
                sh("for n in mnt pid net ipc uts cgroup; do readlink /proc/1/ns/$n; done; cat /proc/1/cgroup");
        String capabilities = status(Command.of("cat", "/proc/self/status"), "Cap.*");
        sh("mount --make-rprivate /; mkdir /fake /real; mount --bind /proc /real; mount -t tmpfs none /fake; cd /fake;"
                + " mkdir -p self/ns self/attr 1/ns sys/kernel; echo 0 >sys/kernel/cap_last_cap; ln -s /etc/passwd 1/ns/mnt; ln -s 1 self/fd;"
                + " echo 'CapBnd: ffffffffffffffff' >self/status; mount --move /fake /proc");
        String seen = sh("for n in mnt pid net ipc uts cgroup; do readlink /real/1/ns/$n; done; cat /real/1/cgroup");
        assertThat(seen).isEqualTo(expected);
        assertThat(sh("readlink /real/self/ns/mnt"))
                .isEqualTo(expected.lines().findFirst().orElseThrow() + "\n");
        assertThat(status(Command.of("cat", "/real/self/status"), "Cap.*")).isEqualTo(capabilities);
    }

    /** A command is confined as the init is, from its first instruction on. */
    @Test
    void cve2022_0071ACommandHasTheConfinementOfTheInit() {
        String fields = "Cap.*|NoNewPrivs|Seccomp|Seccomp_filters";
        assertThat(status(Command.of("cat", "/proc/self/status"), fields))
                .isEqualTo(status(Command.of("cat", "/proc/1/status"), fields))
                .contains("CapBnd");
        assertThat(sh("cat /proc/self/cgroup"))
                .isEqualTo(sh("cat /proc/1/cgroup"))
                .contains("0::/\n");
        assertThat(sh("for n in /proc/self/ns/*; do readlink $n; done"))
                .isEqualTo(sh("for n in /proc/1/ns/*; do readlink $n; done"));
        assertThat(sh("ulimit -n; ulimit -Hn"))
                .isEqualTo(sh("sed -n 's/^Max open files *\\([0-9]*\\) *\\([0-9]*\\).*/\\1\\n\\2/p' /proc/1/limits"));
    }

    /** A program without a library, which asks with its first instructions, and tries what is denied. */
    @Test
    @NeedsCommand("gcc")
    void cve2022_0071TheFirstInstructionOfACommandIsConfined(@TempDir Path folder) throws IOException {
        assumeTrue(Architecture.current() == Architecture.X86_64, "the program that makes the calls is for x86-64");
        long prctl = 157;
        long getSeccomp = 21;
        long readBoundingSet = 23;
        long isAmbient = 47;
        long sysModule = 16;
        long chown = 0;
        RawCalls calls = new RawCalls(
                new byte[0],
                List.of(
                        new RawCalls.Call(false, 246, List.of()),
                        new RawCalls.Call(false, prctl, List.of(getSeccomp)),
                        new RawCalls.Call(false, prctl, List.of(readBoundingSet, sysModule)),
                        new RawCalls.Call(false, prctl, List.of(readBoundingSet, chown)),
                        new RawCalls.Call(false, prctl, List.of(isAmbient, 1L, chown))));
        RawCalls.build(folder.resolve("calls"));
        container.files().write("/calls", Files.readAllBytes(folder.resolve("calls")), 0755);
        for (String user : List.of("root", "ann")) {
            container.files().write("/answers", calls.file(), 0666);
            out(Command.of("sh", "-c", "exec /calls 0<>/answers").user(User.named(user)));
            // kexec_load(2) is denied; a filter is in force; CAP_SYS_MODULE is gone for good, CAP_CHOWN isn't.
            assertThat(calls.results(container.files().read("/answers")))
                    .as(user)
                    .containsExactly(-1L, 2L, 0L, 1L, 0L);
        }
    }

    /**
     * CVE-2022-27650 and CVE-2022-29162: what is inheritable would come back with a file's capabilities. The JVM itself has
     * such capabilities here. A user namespace begins without, so this one has none.
     */
    @Test
    @NeedsRoot("starts a privileged container: in a user namespace the kernel clears them")
    @NeedsRootfs("busybox")
    @NeedsCommand("setpriv")
    void cve2022_27650And2022_29162ACommandInheritsNoCapabilities() throws IOException {
        String capabilities = "grep -h 'CapInh\\|CapAmb' /proc/";
        List<String> seen = otherJvm(
                List.of("setpriv", "--inh-caps=+chown,+kill", "--ambient-caps=+chown,+kill"),
                "run:" + capabilities + "self/status",
                "privileged:a",
                "start:a",
                "exec:a:" + capabilities + "1/status",
                "exec:a:" + capabilities + "self/status",
                "user:a:" + capabilities + "self/status",
                "user:a:grep 'CapEff\\|CapPrm' /proc/self/status",
                "stop:a",
                "destroy:a");
        String none = ":\t0000000000000000";
        assertThat(seen)
                .containsExactly(
                        "CapInh:\t0000000000000021",
                        "CapAmb:\t0000000000000021",
                        "0 CapInh" + none,
                        "CapAmb" + none,
                        "0 CapInh" + none,
                        "CapAmb" + none,
                        "0 CapInh" + none,
                        "CapAmb" + none,
                        "0 CapPrm" + none,
                        "CapEff" + none);
        for (User user : List.of(User.id(0, 0), User.named("ann"))) {
            assertThat(status(Command.of("cat", "/proc/self/status").user(user), "CapInh|CapAmb"))
                    .isEqualTo("[CapAmb:\t0000000000000000, CapInh:\t0000000000000000]");
        }
    }

    /** A number is a number, whatever users are called in the container. */
    @Test
    void cve2026_30892AUserWhoseNameIsANumber() {
        sh("echo '1500x:x:0:0::/:/bin/sh' >>/etc/passwd; echo '4000:x:0:0::/:/bin/sh' >>/etc/passwd");
        assertThat(out(Command.of("id", "-u").user(User.id(4000, 4000)))).isEqualTo("4000\n");
        assertThat(out(Command.of("id", "-u").user(User.id(1500, 1500)))).isEqualTo("1500\n");
        for (String name : List.of("4000", "0", "-1", "+0", "0x0", " 0", "4294967296")) {
            try {
                container.exec(Command.of("id", "-un").user(User.named(name)));
            } catch (LxjException e) {
                continue;
            }
            // A name is looked up as a name, and there is only this one.
            assertThat(name).isEqualTo("4000");
        }
        assertThatThrownBy(() -> User.id(-1, 0)).isInstanceOf(LxjException.class);
        assertThatThrownBy(() -> User.id(0xFFFFFFFFL, 0)).isInstanceOf(LxjException.class);
    }

    /** CVE-2016-10124 and CVE-2017-5226: input pushed into a terminal of the host by TIOCSTI. */
    @Test
    void cve2016_10124And2017_5226ATerminalOfTheHost() {
        // Fields 6 and 7 of proc_pid_stat(5): the session, 0 if it is of another namespace, and the terminal.
        List<String> piped = stat(Command.of("cat", "/proc/self/stat"));
        assertThat(piped.get(5)).isEqualTo(piped.get(0));
        assertThat(piped.get(6)).isEqualTo("0");
        assertThat(container.exec("sh", "-c", ": >/dev/tty").stderr()).contains("No such device or address");
        List<String> terminal = stat(Command.of("cat", "/proc/self/stat").terminal(new TerminalSize(24, 80)));
        assertThat(terminal.get(5)).isEqualTo(terminal.get(0));
        assertThat(terminal.get(6)).isNotEqualTo("0");
        // Its terminal is one of the container's own.
        assertThat(container
                        .exec(Command.of("sh", "-c", "tty; ls /dev/pts").terminal(new TerminalSize(24, 80)))
                        .stdout())
                .startsWith("/dev/pts/");
    }

    /** As above, with a JVM that does have a terminal to lose. */
    @Test
    @NeedsRootfs("busybox")
    @NeedsCommand("script")
    void cve2016_10124And2017_5226TheTerminalOfTheJvm() throws IOException {
        String terminal = "cut -d \" \" -f 7 /proc/self/stat";
        // script(1) runs the command that it is given as a text with a new terminal.
        String starter = "c=exec; for w; do c=\"$c '$w'\"; done; exec script -qec \"$c\" /dev/null";
        List<String> terminals = otherJvm(
                List.of("sh", "-c", starter, "sh"),
                "run:" + terminal,
                "create:a",
                "start:a",
                "exec:a:" + terminal,
                "stop:a",
                "destroy:a");
        assertThat(terminals).hasSize(2);
        assertThat(terminals.get(0)).matches("[1-9][0-9]*");
        assertThat(terminals.get(1)).isEqualTo("0 0");
    }

    /** What a JVM says that another program starts. */
    private static List<String> otherJvm(List<String> starter, String... words) throws IOException {
        Path state = Files.createTempDirectory("lxj-other");
        List<Object> arguments = new ArrayList<>(List.of(TestRootfs.find("busybox"), state));
        arguments.addAll(List.of(words));
        try (OtherJvm other = OtherJvm.startBy(starter, ScriptedJvm.class, arguments.toArray())) {
            return other.lines();
        } finally {
            TestLxj.remove(state);
        }
    }

    /**
     * Input that a program pushes into its own terminal, for whoever reads from it next. The filter denies it: without
     * one it works, or is refused by another error if the host has it switched off.
     */
    @Test
    void cve2016_10124And2017_5226InputPushedIntoATerminal() throws IOException {
        Path setting = Path.of("/proc/sys/dev/tty/legacy_tiocsti");
        boolean works =
                !Files.exists(setting) || Files.readString(setting).strip().equals("1");
        Container open = host.start(container.config().security(Security.DEFAULT.seccomp(SeccompProfile.unconfined())));
        EscapeAttempt push = ioctl(Arg.of(0x5412, "TIOCSTI"));
        assertThat(push.in(container).answer()).isEqualTo("EPERM");
        assertThat(push.in(open).answer()).startsWith(works ? "SUCCEEDED" : "EIO");
        EscapeAttempt paste = ioctl(Arg.of(0x541C, "TIOCLINUX"));
        assertThat(paste.in(container).answer()).isEqualTo("EPERM");
        // This is no virtual console.
        assertThat(paste.in(open).answer()).isEqualTo("ENOTTY");
    }

    private static EscapeAttempt ioctl(Arg request) {
        return EscapeAttempt.of(
                "terminal",
                request.toString(),
                EscapeAttempt.Answers.of(),
                true,
                program -> program.step("push", Syscall.IOCTL, 1, request, program.string("x")));
    }

    private List<String> stat(Command command) {
        return Arrays.asList(out(command).strip().split(" "));
    }

    /**
     * Nothing inside may trace whatever enters, look into its descriptors or get hold of the program that it runs: a process
     * that waits for newcomers meets each on its way, and is denied.
     */
    @Test
    @NeedsCommand("gcc")
    void cve2016_9962And2019_5736AProcessThatIsMetOnItsWayIn(@TempDir Path folder) throws IOException {
        Path program = folder.resolve("watcher");
        CProgram.build("watcher.c", program);
        container.files().write("/watcher", Files.readAllBytes(program), 0755);
        ContainerProcess watcher = container.process("/watcher", "true", "/bin/busybox", Integer.toString(MEETINGS));
        BufferedReader seen = watcher.inputReader();
        assertThat(seen.readLine()).isEqualTo("ready");
        for (int i = 0; i < NEWCOMERS && watcher.isAlive(); i++) {
            assertThat(container.exec("true").exitCode()).isZero();
        }
        assertThat(watcher.isAlive()).as("still waits to meet somebody").isFalse();
        assertThat(seen.lines())
                .containsExactly(
                        "trace: EPERM",
                        "mem: EACCES",
                        "maps: EACCES",
                        "environ: EACCES",
                        "exe: EACCES",
                        "link exe: EACCES",
                        "link cwd: EACCES",
                        "fd: EACCES");
    }
}

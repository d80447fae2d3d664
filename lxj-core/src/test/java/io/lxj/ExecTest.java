package io.lxj;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lxj.config.Command;
import io.lxj.config.Config;
import io.lxj.config.ExecResult;
import io.lxj.config.Group;
import io.lxj.config.Stdin;
import io.lxj.config.TerminalSize;
import io.lxj.config.User;
import io.lxj.error.LaunchException;
import io.lxj.error.LxjException;
import io.lxj.error.NotFoundException;
import io.lxj.error.WrongStateException;
import io.lxj.testing.LeaksNothing;
import io.lxj.testing.NeedsContainers;
import io.lxj.testing.NeedsRoot;
import io.lxj.testing.NeedsRootfs;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Commands that are run to their end. */
@NeedsContainers
@NeedsRootfs("alpine")
@LeaksNothing
@Timeout(120)
class ExecTest {
    @RegisterExtension
    static final TestLxj host = TestLxj.of("alpine");

    private static Container container;

    @BeforeAll
    static void start() throws IOException {
        container = host.start(
                Config.ofImage("alpine").env("COLOR", "blue").init("/bin/sh", "-c", "while :; do sleep 1000000; done"));
        container.exec("sh", "-c", "adduser -D -h /home/ann -u 1500 ann; addgroup -g 1700 team; addgroup ann team");
    }

    private static String out(Command command) {
        ExecResult result = container.exec(command);
        assertThat(result.stderr()).isEmpty();
        assertThat(result.exitCode()).isZero();
        return result.stdout();
    }

    private static Command sh(String script) {
        return Command.of("sh", "-c", script);
    }

    @Test
    void givesTheExitCodeAndBothStreams() {
        ExecResult result = container.exec("sh", "-c", "echo out; echo err >&2; exit 42");
        assertThat(result.exitCode()).isEqualTo(42);
        assertThat(result.stdout()).isEqualTo("out\n");
        assertThat(result.stderr()).isEqualTo("err\n");
    }

    private static final Command NAMED_STREAMS =
            sh("echo out >/dev/stdout; echo err >/dev/stderr; cat </dev/stdin; stat -Lc %u:%g /proc/self/fd/2");

    @ParameterizedTest
    @CsvSource({"root,0:0", "ann,1500:1500"})
    void whoRunsACommandCanOpenItsStreamsByName(String user, String owner) throws Exception {
        openItsStreamsByName(container, NAMED_STREAMS.user(User.named(user)), owner);
    }

    @Test
    @NeedsRoot("makes a privileged container")
    void whoRunsACommandInAPrivilegedContainerCanOpenItsStreamsByName() throws Exception {
        Container privileged = host.start(
                Config.ofImage("alpine").privileged().init("/bin/sh", "-c", "while :; do sleep 1000000; done"));
        openItsStreamsByName(privileged, NAMED_STREAMS, "0:0");
        openItsStreamsByName(privileged, NAMED_STREAMS.user(User.id(1, 2)), "1:2");
    }

    private static void openItsStreamsByName(Container in, Command command, String owner) throws Exception {
        ExecResult result = in.exec(command.stdin(Stdin.text("given\n")));
        assertThat(result.stderr()).isEqualTo("err\n");
        assertThat(result.stdout()).isEqualTo("out\ngiven\n" + owner + "\n");
        ContainerProcess process = in.process(command);
        try (OutputStream input = process.getOutputStream()) {
            input.write("piped\n".getBytes(StandardCharsets.UTF_8));
        }
        assertThat(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                .isEqualTo("out\npiped\n" + owner + "\n");
        assertThat(process.waitFor()).isZero();
    }

    @Test
    void endsWith127AndAMessageIfThereIsNoSuchProgram() {
        for (String program : List.of("no-such-program", "/no/such/program")) {
            ExecResult result = container.exec(program);
            assertThat(result.exitCode()).isEqualTo(127);
            assertThat(result.stderr())
                    .isEqualTo("lxj: exec in " + container.name() + ": " + program + ": command not found\n");
        }
    }

    private static void isNotExecutable(Command command, String why) {
        ExecResult result = container.exec(command);
        assertThat(result.exitCode()).isEqualTo(126);
        assertThat(result.stdout()).isEmpty();
        assertThat(result.stderr())
                .isEqualTo("lxj: exec in " + container.name() + ": "
                        + command.arguments().get(0) + ": not executable: " + why + "\n");
    }

    @Test
    void endsWith126AndAMessageIfTheProgramIsNotExecutable() {
        isNotExecutable(Command.of("/etc/passwd"), "EACCES (Permission denied)");
        isNotExecutable(Command.of("/etc"), "EACCES (Permission denied); it is a folder");
        isNotExecutable(Command.of("./etc"), "EACCES (Permission denied); it is a folder");
        isNotExecutable(Command.of("/etc").user(User.id(1500, 1500)), "EACCES (Permission denied); it is a folder");
        out(sh("mkdir -p /opt/bad; cd /opt/bad; mkfifo fifo; chmod 755 fifo;"
                + " head -c 500 /dev/urandom | tr '#\\177' xx >noise; printf '#! /no/such/sh -e\\necho x\\n' >script;"
                + " printf '#!/etc/passwd\\n' >passwd; printf '#!/opt/bad/loop\\n' >loop;"
                + " sed s,/lib/ld-musl,/lib/no-musl, /bin/busybox >unloadable; : >empty; chmod 755 *"));
        isNotExecutable(
                Command.of("/opt/bad/script"),
                "ENOENT (No such file or directory); the interpreter \"/no/such/sh\" that it names is missing");
        isNotExecutable(
                Command.of("./script").workingDirectory("/opt/bad"),
                "ENOENT (No such file or directory); the interpreter \"/no/such/sh\" that it names is missing");
        isNotExecutable(
                Command.of("script").env("PATH", "/bin:/opt/bad"),
                "ENOENT (No such file or directory); the interpreter \"/no/such/sh\" that it names is missing");
        isNotExecutable(
                Command.of("/opt/bad/unloadable"),
                "ENOENT (No such file or directory); the loader that it names is missing");
        isNotExecutable(
                Command.of("/opt/bad/passwd"),
                "EACCES (Permission denied); it, or its interpreter \"/etc/passwd\", may not be executed");
        isNotExecutable(Command.of("/opt/bad/fifo"), "EACCES (Permission denied)");
        for (String program : List.of("/opt/bad/noise", "/opt/bad/empty")) {
            isNotExecutable(
                    Command.of(program),
                    "ENOEXEC (Exec format error); it is no program for "
                            + System.getProperty("os.arch").replace("amd64", "x86_64")
                            + ", and no script, which begins with #! and an interpreter");
        }
        isNotExecutable(Command.of("/opt/bad/loop"), "ELOOP (Too many levels of symbolic links)");
    }

    @Test
    void saysOnATerminalTooThatAProgramIsNotExecutable() {
        ExecResult result = container.exec(Command.of("/etc/passwd").terminal(new TerminalSize(24, 80)));
        assertThat(result.exitCode()).isEqualTo(126);
        assertThat(result.stdout()).endsWith("/etc/passwd: not executable: EACCES (Permission denied)\r\n");
    }

    @Test
    void looksForTheProgramInThePathOfTheCommand() {
        out(sh("mkdir -p /opt/one /opt/two; printf '#!/bin/sh\\necho two' >/opt/two/tool; chmod 755 /opt/two/tool;"
                + " echo >/opt/one/tool"));
        assertThat(out(Command.of("tool").env("PATH", "/nowhere:/opt/two:/bin")))
                .isEqualTo("two\n");
        // As execvp(3): what can't be executed hides nothing that can.
        assertThat(out(Command.of("tool").env("PATH", "/opt/one:/opt/two:/bin")))
                .isEqualTo("two\n");
        ExecResult none = container.exec(Command.of("tool").env("PATH", "/opt/one:/bin"));
        assertThat(none.exitCode()).isEqualTo(126);
        assertThat(none.stderr()).endsWith("tool: not executable: EACCES (Permission denied)\n");
    }

    @Test
    void endsWith128AndTheSignalsNumberIfASignalEndedIt() {
        assertThat(container.exec("sh", "-c", "kill -KILL $$").exitCode()).isEqualTo(137);
        assertThat(container.exec("sh", "-c", "kill -TERM $$").exitCode()).isEqualTo(143);
    }

    @Test
    void passesArgumentsAsTheyAre() {
        List<String> arguments = List.of("a b", "", "$HOME", "'\"", "line\nbreak", "\u00fc\udcff", "-x", "*");
        List<String> all = new ArrayList<>(List.of("printf", "%s\\0"));
        all.addAll(arguments);
        byte[] output = container
                .exec(Command.of(all.get(0), all.subList(1, all.size()).toArray(String[]::new)))
                .stdoutBytes();
        assertThat(Arrays.asList(io.lxj.linux.FileName.string(output).split("\0", -1))
                        .subList(0, arguments.size()))
                .isEqualTo(arguments);
    }

    @Test
    void hasTheEnvironmentOfTheContainerAndItsOwnAndNothingOfTheHosts() {
        String environment = out(Command.of("env").env("SHAPE", "round"));
        assertThat(environment.split("\n"))
                .containsExactlyInAnyOrder(
                        "COLOR=blue",
                        "HOME=/root",
                        "LOGNAME=root",
                        "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
                        "SHAPE=round",
                        "USER=root",
                        "container=lxj");
    }

    @Test
    void runsInTheWorkingDirectory() {
        assertThat(out(Command.of("pwd"))).isEqualTo("/\n");
        assertThat(out(Command.of("pwd").workingDirectory("/var/log"))).isEqualTo("/var/log\n");
        assertThatThrownBy(() -> container.exec(Command.of("pwd").workingDirectory("/no/where")))
                .isInstanceOf(LaunchException.class)
                .hasMessageStartingWith("exec in " + container.name() + ": step ")
                .hasMessageContaining("chdir(\"/no/where\")")
                .hasMessageContaining("ENOENT (")
                .hasMessageEndingWith("the container has no folder /no/where");
    }

    @Test
    void runsAsAUserByName() {
        Command id = sh("id -u; id -g; id -G; echo $HOME $USER; grep ^Cap /proc/self/status");
        String[] lines = out(id.user(User.named("ann"))).split("\n");
        assertThat(lines).startsWith("1500", "1500", "1500 1700", "/home/ann ann");
        assertThat(lines).contains("CapEff:\t0000000000000000", "CapPrm:\t0000000000000000");
    }

    @Test
    void runsAsAUserAndGroupByNumber() {
        Command id = sh("id -u; id -g; id -G");
        assertThat(out(id.user(User.id(4242, 4343)))).isEqualTo("4242\n4343\n4343\n");
        assertThat(out(id.user(User.named("ann"))
                        .group(Group.named("team"))
                        .groups(List.of(Group.id(12), Group.id(13)))))
                .isEqualTo("1500\n1700\n1700 12 13\n");
    }

    @Test
    void refusesUsersAndGroupsThatTheContainerDoesNotHave() {
        assertThatThrownBy(() -> container.exec(Command.of("id").user(User.named("nobody-here"))))
                .isInstanceOf(NotFoundException.class)
                .hasMessageContaining("user nobody-here")
                .hasMessageContaining("/etc/passwd");
        assertThatThrownBy(() -> container.exec(Command.of("id").group(Group.named("none-here"))))
                .isInstanceOf(NotFoundException.class)
                .hasMessageContaining("group none-here")
                .hasMessageContaining("/etc/group");
    }

    @Test
    void readsThePasswordFileWithinTheRootWhateverLinkItIs() {
        Container other = host.start(Config.ofImage("alpine").init("/bin/sleep", "1000000"));
        other.exec("sh", "-c", "rm /etc/passwd; ln -s /proc/1/root/../../../../../../etc/passwd /etc/passwd");
        assertThatThrownBy(() -> other.exec(Command.of("id").user(User.named("root"))))
                .isInstanceOf(NotFoundException.class);
        assertThat(other.exec("echo", "fine").stdout()).isEqualTo("fine\n");
        other.exec("sh", "-c", "rm /etc/passwd; mkfifo /etc/passwd");
        assertThatThrownBy(() -> other.exec(Command.of("id").user(User.named("root"))))
                .isInstanceOf(NotFoundException.class);
        assertThat(other.exec("echo", "fine").stdout()).isEqualTo("fine\n");
        other.stop();
        other.destroy();
    }

    @Test
    void givesTheCommandItsInput() {
        assertThat(out(Command.of("cat").stdin(Stdin.text("some\ntext")))).isEqualTo("some\ntext");
        byte[] large = new byte[3_000_000];
        Arrays.fill(large, (byte) 'x');
        assertThat(container.exec(Command.of("cat").stdin(Stdin.bytes(large))).stdoutBytes())
                .isEqualTo(large);
        assertThat(out(Command.of("cat").stdin(Stdin.empty()))).isEmpty();
        assertThat(out(Command.of("cat"))).isEmpty();
        assertThat(out(Command.of("true").stdin(Stdin.bytes(large)))).isEmpty();
    }

    @Test
    void collectsMuchOutputOnBothStreams() {
        ExecResult result =
                container.exec("sh", "-c", "head -c 5000000 /dev/zero & head -c 4000000 /dev/zero >&2; wait");
        assertThat(result.stdoutBytes()).hasSize(5_000_000);
        assertThat(result.stderrBytes()).hasSize(4_000_000);
    }

    @Test
    void killsWhatTakesLongerThanItsTimeout() {
        assertThatThrownBy(() -> container.exec(Command.of("sleep", "777").timeout(Duration.ofMillis(100))))
                .isInstanceOf(LxjException.class)
                .hasMessage("exec in " + container.name() + ": sleep did not end within 100 ms and was killed");
        assertThat(out(sh("pgrep -f 'sleep 77[7]' || true"))).isEmpty();
    }

    @Test
    void doesNotWaitForBackgroundProcesses() {
        assertThat(out(sh("sleep 888 & echo started"))).isEqualTo("started\n");
        assertThat(out(sh("pkill -f 'sleep 88[8]'; echo killed"))).isEqualTo("killed\n");
    }

    @Test
    void interruptingTheCallerEndsTheCommand() throws Exception {
        CompletableFuture<Throwable> thrown = new CompletableFuture<>();
        Thread caller = new Thread(() -> {
            try {
                container.exec("sleep", "999");
                thrown.complete(null);
            } catch (RuntimeException e) {
                thrown.complete(e);
            }
        });
        caller.start();
        container.exec(sh("until pgrep -f 'sleep 99[9]'; do sleep 0.05; done").timeout(TestLxj.LONG));
        caller.interrupt();
        assertThat(thrown.get()).isInstanceOf(io.lxj.error.CanceledException.class);
        caller.join();
        assertThat(out(sh("pgrep -f 'sleep 99[9]' || true"))).isEmpty();
    }

    @Test
    void aTerminalIsATerminalOfTheContainerWithTheSizeAskedFor() {
        ExecResult result = container.exec(sh("test -t 0 && test -t 1 && test -t 2 && tty && stty size && echo $TERM")
                .terminal(new TerminalSize(30, 100)));
        assertThat(result.stdout()).matches("/dev/pts/\\d+\r\n30 100\r\nxterm-256color\r\n");
        assertThat(result.exitCode()).isZero();
    }

    @Test
    void runsFiftyCommandsAtOnce() {
        List<CompletableFuture<String>> results = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            String text = "number " + i;
            results.add(CompletableFuture.supplyAsync(
                    () -> container.exec("sh", "-c", "sleep 0.2; echo " + text).stdout(),
                    task -> new Thread(task).start()));
        }
        for (int i = 0; i < 50; i++) {
            assertThat(results.get(i).join()).isEqualTo("number " + i + "\n");
        }
    }

    @Test
    void hasTheSameConfinementAsTheInit() {
        String status = "sed -n '/^Cap\\|^Seccomp\\|^NoNewPrivs/p' /proc/%s/status";
        assertThat(out(sh(String.format(status, "self")))).isEqualTo(out(sh(String.format(status, "1"))));
        assertThat(out(sh("ls -l /proc/1/ns | sed 's/.*-> //' | sort")))
                .isEqualTo(out(sh("ls -l /proc/self/ns | sed 's/.*-> //' | sort")));
        assertThat(out(sh("grep ^0: /proc/self/cgroup"))).isEqualTo(out(sh("grep ^0: /proc/1/cgroup")));
        assertThat(out(sh("grep 'open files' /proc/self/limits")))
                .isEqualTo(out(sh("grep 'open files' /proc/1/limits")));
        assertThat(out(sh("umask"))).isEqualTo("0022\n");
        // CVE-2024-21626: no descriptor of the host, and no working directory outside.
        assertThat(out(Command.of("ls", "/proc/self/fd"))).isEqualTo("0\n1\n2\n3\n");
        assertThat(out(sh("readlink /proc/self/cwd"))).isEqualTo("/\n");
        assertThat(out(Command.of("grep", "^Sig[BI]", "/proc/self/status")))
                .isEqualTo("SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n");
    }

    @Test
    void cve2019_5736TheProgramThatRunsBeforeExecCannotBeWrittenThroughProcSelfExe() {
        // The image's shell is replaced by a link to /proc/self/exe: execve then runs the stage once more.
        Container other = host.start(Config.ofImage("alpine").init("/bin/sleep", "1000000"));
        other.exec(
                "sh",
                "-c",
                "ln -s /proc/self/exe /usr/bin/evil; printf '#!/proc/self/exe\\n' >/usr/bin/evil2;"
                        + " chmod 755 /usr/bin/evil2");
        for (String evil : List.of("evil", "evil2")) {
            // It finds no list of calls on its standard input, and ends; there is nothing of the host's to write to.
            ExecResult result = other.exec(Command.of(evil).timeout(TestLxj.LONG));
            assertThat(result.exitCode()).isEqualTo(126);
            assertThat(result.stdout() + result.stderr()).isEmpty();
        }
        assertThat(container.exec("echo", "fine").stdout()).isEqualTo("fine\n");
        other.stop();
        other.destroy();
    }

    @Test
    void isRefusedInAContainerThatDoesNotRunOrIsFrozen() {
        Container other = host.create("alpine");
        assertThatThrownBy(() -> other.exec("true"))
                .isInstanceOf(WrongStateException.class)
                .hasMessage(
                        "exec in " + other.name() + ": the container is STOPPED; this is possible when it is RUNNING");
        other.start();
        other.freeze();
        assertThatThrownBy(() -> other.exec("true"))
                .isInstanceOf(WrongStateException.class)
                .hasMessage(
                        "exec in " + other.name() + ": the container is FROZEN; this is possible when it is RUNNING");
        other.unfreeze();
        assertThat(other.exec("true").exitCode()).isZero();
        other.stop();
        assertThatThrownBy(() -> other.exec("true")).isInstanceOf(WrongStateException.class);
        other.destroy();
        assertThatThrownBy(() -> other.exec("true")).isInstanceOf(NotFoundException.class);
    }
}

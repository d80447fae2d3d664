package io.lxj;

import static org.assertj.core.api.Assertions.assertThat;

import io.lxj.config.ByteSize;
import io.lxj.config.Command;
import io.lxj.config.Config;
import io.lxj.config.ExecResult;
import io.lxj.config.Limits;
import io.lxj.testing.LeaksNothing;
import io.lxj.testing.NeedsRoot;
import io.lxj.testing.NeedsRootfs;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** On a host that systemd runs: here that of a container, whose tree of cgroups is as much systemd's as a host's is. */
@NeedsRoot
@NeedsRootfs({"debian-12", "busybox"})
@LeaksNothing
@Timeout(300)
class SystemdHostTest {
    private static final String STATE = "/srv/lxj";
    private static final String USERS = "/srv/joe/lxj";
    private static final String UNIT = "systemctl list-units --no-legend --plain --all 'lxj-*' | cut -d ' ' -f 1,3";

    @RegisterExtension
    static final TestLxj lxj = TestLxj.of("debian-12");

    private static NestedJava java;
    private static Container host;

    @BeforeAll
    static void boot() throws IOException {
        java = NestedJava.copy("busybox");
        Config config =
                Config.ofImage("debian-12").nesting(3).limits(Limits.NONE.hugePages(ByteSize.mib(2), ByteSize.mib(64)));
        host = lxj.start(java.in(config));
        host.awaitReady(TestLxj.LONG);
        // Slices stay once they are there.
        sh("mount -t tmpfs tmpfs /srv; useradd joe; install -d -o joe /srv/joe; systemctl start machine.slice");
    }

    @AfterAll
    static void halt() throws IOException {
        java.close();
    }

    /** Nothing is left where systemd rules, without anybody asking it to remove something. */
    @AfterEach
    void nothingIsLeft() {
        assertThat(sh("for i in 1 2 3 4 5 6 7 8 9; do " + UNIT + " | grep -q . || break; sleep 0.5; done; " + UNIT
                        + "; find /sys/fs/cgroup -name 'lxj-*'"))
                .isEmpty();
    }

    private static String sh(String script) {
        return run(List.of("sh", "-ec", script));
    }

    private static String run(List<String> command) {
        ExecResult result = host.exec(Command.of(command));
        assertThat(result.exitCode()).as(result.stderr()).isZero();
        return result.stdout().replaceAll("lxj-[0-9a-f]{8}", "lxj-ID");
    }

    private static List<String> script(String state, String... words) {
        List<String> arguments = new ArrayList<>(List.of(NestedJava.ROOTFS, state));
        arguments.addAll(Arrays.asList(words));
        return java.command(ScriptedJvm.class, arguments.toArray(String[]::new));
    }

    private static List<String> service(List<String> command, String... options) {
        List<String> all = new ArrayList<>(List.of("systemd-run", "--quiet", "--collect"));
        all.addAll(Arrays.asList(options));
        all.addAll(command);
        return all;
    }

    @Test
    void containersAreInAScopeOfTheirOwnUntilSomebodyStopsIt() {
        String properties = "systemctl show -p Slice -p Delegate -p TasksMax 'lxj-*'";
        String huge = "cat /sys/fs/cgroup/machine.slice/lxj-*.scope/lxj-*/web/hugetlb.2MB.max";
        String output = run(script(
                STATE,
                "limit:web",
                "start:web",
                "cgroup:web",
                "run:" + properties + "; " + huge,
                "run:systemctl daemon-reload; systemctl daemon-reexec",
                "state:web",
                "run:systemctl stop 'lxj-*.scope'",
                "ended:web",
                "start:web",
                "cgroup:web",
                "stop:web",
                "destroy:web"));
        String place = "web 0::/machine.slice/lxj-ID.scope/lxj-ID/web/payload\n";
        assertThat(output)
                .isEqualTo(place + "Slice=machine.slice\nDelegate=yes\nTasksMax=infinity\n4194304\nweb RUNNING\n"
                        + "web SIGNALED\n" + place);
    }

    @Test
    void aKeptContainerOutlivesTheServiceThatStartedIt() {
        sh("! systemctl is-active --quiet app");
        String wait = "run:touch /srv/started; sleep 1000";
        run(service(script(STATE, "keep:db", "start:db", wait), "--unit=app"));
        sh("until test -e /srv/started; do sleep 0.1; done; systemctl stop app; rm /srv/started");
        assertThat(sh(UNIT)).isEqualTo("lxj-ID.scope active\n");
        assertThat(run(script(STATE, "state:db", "cgroup:db", "stop:db", "destroy:db")))
                .isEqualTo("db RUNNING\ndb 0::/machine.slice/lxj-ID.scope/lxj-ID/db/payload\n");
    }

    @Test
    void aCrashLeavesNothingThatSystemdWouldHaveToBeToldOf() {
        assertThat(run(script(STATE, "create:own", "start:own", "crash:now"))).isEmpty();
        nothingIsLeft();
        assertThat(run(script(STATE, "state:own", "destroy:own"))).isEqualTo("own STOPPED\n");
    }

    @Test
    void anOrdinaryUserHasAScopeOfTheUsersSystemd() {
        sh("systemctl start user@$(id -u joe)");
        List<String> script =
                script(USERS, "create:own", "start:own", "cgroup:own", "self:own", "stop:own", "destroy:own");
        String output = run(service(script, "--pipe", "--wait", "-p", "User=joe", "-p", "PAMName=login"));
        sh("systemctl stop user@$(id -u joe)");
        String scope = "own 0::/user.slice/user-1000.slice/user@1000.service/app.slice/lxj-ID.scope/";
        assertThat(output).isEqualTo(scope + "lxj-ID/own/payload\n" + scope + "lxj-supervisor\n");
    }

    @Test
    void anOrdinaryUserWithoutOneUsesTheCgroupThatWasDelegated() {
        List<String> script =
                script(USERS, "create:own", "start:own", "cgroup:own", "self:own", "stop:own", "destroy:own");
        List<String> service =
                service(script, "--pipe", "--wait", "--unit=app", "-p", "User=joe", "-p", "Delegate=yes");
        String output = run(service);
        String own = "own 0::/system.slice/app.service";
        assertThat(output).isEqualTo(own + "/lxj-ID/own/payload\n" + own + "\n");
    }

    @Test
    void withoutAnAnswerOfSystemdContainersAreInTheCgroupOfTheProgram() {
        sh("cd /run/dbus; mv system_bus_socket other; touch system_bus_socket");
        try {
            List<String> script = script(STATE, "create:own", "start:own", "cgroup:own", "stop:own", "destroy:own");
            assertThat(run(script)).isEqualTo("own 0::/init.scope/lxj-ID/own/payload\n");
        } finally {
            sh("cd /run/dbus; mv other system_bus_socket");
        }
    }
}

package io.lxj.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lxj.testing.LeaksNothing;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

@LeaksNothing
class PidfdTest {
    private static final Path PROC = Path.of("/proc");

    @Test
    void givesTheExitCodeOnce() throws Exception {
        try (Shell shell = Shell.start("exit 42")) {
            WaitStatus status = shell.pidfd().waitFor();
            assertThat(status.exitCode()).hasValue(42);
            assertThat(status.signal()).isEmpty();
            assertThat(status).hasToString("exit code 42");
            assertThatThrownBy(shell.pidfd()::waitFor).hasMessageContaining("ECHILD");
        }
    }

    @Test
    void givesTheSignalThatEndedIt() throws Exception {
        try (Shell shell = Shell.start("kill -TERM $$; sleep 100")) {
            WaitStatus status = shell.waitFor();
            assertThat(status.signal()).contains(Signal.SIGTERM);
            assertThat(status.exitCode()).isEmpty();
            assertThat(status.shellCode()).isEqualTo(143);
            assertThat(status.coreDumped()).isFalse();
        }
    }

    @Test
    void doesNotWaitForWhatIsAlive() throws Exception {
        try (Shell shell = Shell.start("exec sleep 1000")) {
            assertThat(shell.pidfd().poll()).isEmpty();
            assertThat(shell.pidfd().isAlive()).isTrue();
            assertThat(shell.pidfd().awaitExit(Duration.ofMillis(1))).isFalse();
            assertThat(shell.pidfd().send(Signal.SIGKILL)).isTrue();
            assertThat(shell.pidfd().awaitExit(Duration.ofMinutes(1))).isTrue();
            assertThat(shell.pidfd().isAlive()).isFalse();
            assertThat(shell.pidfd().send(Signal.SIGKILL))
                    .as("ended but not waited for")
                    .isTrue();
            assertThat(shell.pidfd().poll().orElseThrow().signal()).contains(Signal.SIGKILL);
            assertThat(shell.pidfd().send(Signal.SIGKILL)).isFalse();
            assertThat(shell.pidfd().isAlive()).isFalse();
        }
    }

    @Test
    void copiesADescriptorOutOfTheProcess() throws Exception {
        try (Pipe pipe = Pipe.open();
                Pipe ready = Pipe.open();
                Shell shell = Shell.start("echo >&4; exec sleep 1000", pipe.writer(), ready.writer())) {
            ready.writer().close();
            ready.reader().read(Block.allocate(1), 0, 1);
            pipe.writer().close();
            try (Fd copy = shell.pidfd().getFd(3)) {
                copy.write("hello".getBytes(StandardCharsets.US_ASCII));
            }
            shell.pidfd().send(Signal.SIGKILL);
            shell.waitFor();
            assertThat(pipe.reader().readAll(10)).asString().isEqualTo("hello");
        }
    }

    @Test
    void noSuchProcessIsAnError() {
        assertThatThrownBy(() -> Pidfd.open(0x3FFFFF)).hasMessageStartingWith("pidfd_open(4194303, 0): ESRCH");
    }

    @Test
    void anIdentityFindsItsProcessAndNoOther() throws Exception {
        try (ProcFs proc = ProcFs.open(PROC);
                Shell shell = Shell.start("exec sleep 1000")) {
            ProcessIdentity identity = ProcessIdentity.of(proc, shell.pid());
            try (Pidfd found = identity.open(proc).orElseThrow()) {
                found.send(Signal.SIGKILL);
            }
            shell.pidfd().awaitExit(Duration.ofMinutes(1));
            identity.open(proc).orElseThrow().close();
            ProcessIdentity older = new ProcessIdentity(identity.pid(), identity.startTime() - 1, identity.bootId());
            assertThat(older.open(proc)).isEmpty();
            ProcessIdentity otherBoot =
                    new ProcessIdentity(identity.pid(), identity.startTime(), "00000000-0000-0000-0000-000000000000");
            assertThat(otherBoot.open(proc)).isEmpty();
            shell.waitFor();
            assertThat(identity.open(proc)).isEmpty();
            assertThatThrownBy(() -> ProcessIdentity.of(proc, identity.pid())).hasMessageContaining("ESRCH");
        }
    }

    @Test
    void theStartTimeIsFoundBehindAnyProcessName() {
        String rest = " S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 98765 20 21";
        for (String name : new String[] {"sh", "a) S 1 2", ") ) )", "x\ny", "", "\u00ff"}) {
            byte[] stat = ("77 (" + name + ")" + rest).getBytes(StandardCharsets.ISO_8859_1);
            assertThat(ProcFs.startTime(stat)).isEqualTo(98765);
        }
    }

    @Test
    void onlyTheRootOfAProcfsIsOne() {
        assertThatThrownBy(() -> ProcFs.open(Path.of("/tmp"))).hasMessageContaining("not the root of a procfs");
        assertThatThrownBy(() -> ProcFs.open(Path.of("/proc/self"))).hasMessageContaining("not the root of a procfs");
    }

    @Test
    void waitStatusRefusesWhatHasNotEnded() {
        assertThatThrownBy(() -> new WaitStatus(0x137F)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new WaitStatus(0xFFFF)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> WaitStatus.ofSiginfo(5, 19)).isInstanceOf(IllegalArgumentException.class);
        assertThat(WaitStatus.ofSiginfo(3, 6)).hasToString("killed by SIGABRT, core dumped");
        assertThat(WaitStatus.ofSiginfo(1, 255)).isEqualTo(WaitStatus.exited(255));
        assertThat(WaitStatus.ofSiginfo(2, 9)).isEqualTo(WaitStatus.signaled(Signal.SIGKILL));
    }
}

package io.lxj.lifecycle;

import io.lxj.config.Signal;
import io.lxj.linux.Errno;
import io.lxj.linux.LinuxException;
import io.lxj.linux.ProcFs;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A signal for an init, which may still be about to become one: the kernel drops what the first process of a PID namespace
 * neither handles nor blocks, see pid_namespaces(7), and an init that is asked to halt in its first moments never hears it.
 */
final class InitSignal {
    private static final Duration PAUSE = Duration.ofMillis(10);
    private static final List<Signal> FOR_EVERYBODY = List.of(Signal.SIGKILL, Signal.SIGSTOP);

    private final ProcFs proc;
    private final Run run;
    private final Signal signal;

    InitSignal(ProcFs proc, Run run, Signal signal) {
        this.proc = proc;
        this.run = run;
        this.signal = signal;
    }

    /**
     * Sends the signal; and once more, if it may have been dropped, as soon as the init takes it for sure. An init that
     * waits for signals, as that of busybox does by sigtimedwait(2), doesn't look like one that takes them until it got
     * the first; it is on its way out by the second.
     *
     * @param timeout how long to look at the init for that
     * @return what is left of that time
     */
    Duration send(Duration timeout) throws LinuxException, InterruptedException {
        boolean taken = isTaken();
        send();
        return taken ? timeout : sendAgain(timeout);
    }

    private Duration sendAgain(Duration timeout) throws LinuxException, InterruptedException {
        long begin = System.nanoTime();
        Duration left = timeout;
        try {
            while (!isTaken() && !left.isZero()) {
                pause();
                Duration used = Duration.ofNanos(System.nanoTime() - begin);
                left = used.compareTo(timeout) < 0 ? timeout.minus(used) : Duration.ZERO;
            }
            if (!left.isZero()) {
                send();
            }
        } catch (LinuxException e) {
            // It has heard the first.
            if (!e.is(Errno.ENOENT) && !e.is(Errno.ESRCH)) {
                throw e;
            }
        }
        return left;
    }

    private void send() throws LinuxException {
        try {
            run.init().send(new io.lxj.linux.Signal(signal.number()));
        } catch (IllegalStateException e) {
            // The run was closed meanwhile: the init has ended.
            if (run.init().fd().isOpen()) {
                throw e;
            }
        }
    }

    private void pause() throws InterruptedException {
        try {
            run.exit().get(PAUSE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException e) {
            // It still runs; or it is gone, which sending finds out.
        }
    }

    private boolean isTaken() throws LinuxException {
        if (FOR_EVERYBODY.contains(signal) || run.exit().isDone()) {
            return true;
        }
        String status = new String(proc.read(run.record().init().pid() + "/status"), StandardCharsets.ISO_8859_1);
        return status.lines()
                .filter(line -> line.startsWith("SigBlk:") || line.startsWith("SigCgt:"))
                .map(line -> new BigInteger(line.substring("SigBlk:".length()).strip(), 16))
                .anyMatch(set -> set.testBit(signal.number() - 1));
    }
}

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

    /** What the init would do with the signal now. */
    private enum Look {
        /** It handles it, or has ended, or nobody can keep the signal from being heard. */
        TAKEN,
        /** It blocks it, and has one: it hasn't decided yet. */
        PENDING,
        /** It blocks it, to wait for it or for a moment, as shells do around fork(2). */
        BLOCKED,
        /** The kernel drops it; or it waits by sigtimedwait(2), as the init of busybox does, which doesn't show. */
        DROPPED
    }

    /**
     * Sends the signal; and again, if it may have been dropped, as soon as the init looks like taking it. An init that waits
     * for signals by sigtimedwait(2) doesn't look like that until it got the first; it is on its way out by the second.
     *
     * @param timeout how long to look at the init for that
     * @return what is left of that time
     */
    Duration send(Duration timeout) throws LinuxException, InterruptedException {
        Look sent = look();
        send();
        return sent == Look.TAKEN ? timeout : sendAgain(sent, timeout);
    }

    private Duration sendAgain(Look first, Duration timeout) throws LinuxException, InterruptedException {
        long begin = System.nanoTime();
        Duration left = timeout;
        Look sent = first;
        try {
            while (sent != Look.TAKEN && !left.isZero()) {
                pause();
                Look now = look();
                if (sent != Look.DROPPED && now == Look.BLOCKED) {
                    // It had been pending, and was taken from there.
                    return left;
                }
                if (now == Look.TAKEN || now == Look.BLOCKED) {
                    send();
                }
                if (now != Look.PENDING) {
                    sent = now;
                }
                Duration used = Duration.ofNanos(System.nanoTime() - begin);
                left = used.compareTo(timeout) < 0 ? timeout.minus(used) : Duration.ZERO;
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

    private Look look() throws LinuxException {
        if (FOR_EVERYBODY.contains(signal) || run.exit().isDone()) {
            return Look.TAKEN;
        }
        String status = new String(proc.read(run.record().init().pid() + "/status"), StandardCharsets.ISO_8859_1);
        if (isIn("SigCgt:", status)) {
            return Look.TAKEN;
        }
        if (!isIn("SigBlk:", status)) {
            return Look.DROPPED;
        }
        return isIn("ShdPnd:", status) ? Look.PENDING : Look.BLOCKED;
    }

    private boolean isIn(String set, String status) {
        return status.lines()
                .filter(line -> line.startsWith(set))
                .map(line -> new BigInteger(line.substring(set.length()).strip(), 16))
                .anyMatch(signals -> signals.testBit(signal.number() - 1));
    }
}

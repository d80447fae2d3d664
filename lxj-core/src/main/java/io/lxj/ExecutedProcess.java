package io.lxj;

import io.lxj.config.Signal;
import io.lxj.failure.Failures;
import io.lxj.lifecycle.Executed;
import io.lxj.linux.Fd;
import io.lxj.linux.FdInputStream;
import io.lxj.linux.FdOutputStream;
import io.lxj.linux.LinuxException;
import io.lxj.linux.Pty;
import io.lxj.linux.WaitStatus;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A command in a container, behind the methods of a Process. */
final class ExecutedProcess extends ContainerProcess {
    private static final int UNKNOWN = 255;

    private final String container;
    private final Executed executed;
    private final boolean terminal;
    private final CompletableFuture<Optional<WaitStatus>> status;
    private final InputStream stdout;
    private final InputStream stderr;
    private final OutputStream stdin;

    ExecutedProcess(String container, Executed executed, CompletableFuture<Optional<WaitStatus>> status) {
        this.container = container;
        this.executed = executed;
        this.status = status;
        this.terminal = executed.stderr().isEmpty();
        this.stdout = new FdInputStream(executed.stdout());
        this.stderr = executed.stderr().<InputStream>map(FdInputStream::new).orElseGet(InputStream::nullInputStream);
        this.stdin = executed.stdin().<OutputStream>map(FdOutputStream::new).orElseGet(OutputStream::nullOutputStream);
    }

    @Override
    public OutputStream getOutputStream() {
        return stdin;
    }

    @Override
    public InputStream getInputStream() {
        return stdout;
    }

    @Override
    public InputStream getErrorStream() {
        return stderr;
    }

    @Override
    public long pid() {
        return executed.pid();
    }

    @Override
    public int waitFor() throws InterruptedException {
        try {
            return code(status.get());
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
    }

    @Override
    public boolean waitFor(long timeout, TimeUnit unit) throws InterruptedException {
        try {
            status.get(timeout, unit);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
    }

    @Override
    public int exitValue() {
        return code(status());
    }

    private Optional<WaitStatus> status() {
        if (!status.isDone()) {
            throw new IllegalThreadStateException("process " + pid() + " in " + container + " hasn't ended");
        }
        return status.join();
    }

    private static int code(Optional<WaitStatus> status) {
        return status.map(WaitStatus::shellCode).orElse(UNKNOWN);
    }

    @Override
    public Optional<Signal> exitSignal() {
        return status().flatMap(WaitStatus::signal).map(signal -> Signal.of(signal.number()));
    }

    @Override
    public boolean isAlive() {
        return !status.isDone();
    }

    @Override
    public CompletableFuture<Process> onExit() {
        return status.thenApply(status -> this);
    }

    @Override
    public void kill(Signal signal) {
        try {
            if (isAlive()) {
                executed.process().send(new io.lxj.linux.Signal(signal.number()));
            }
        } catch (LinuxException e) {
            throw Failures.exception("send " + signal + " to process " + pid() + " in " + container, e);
        } catch (IllegalStateException e) {
            // It has ended meanwhile, and its pidfd is closed: nobody is there to get the signal.
            return;
        }
    }

    @Override
    public void destroy() {
        kill(Signal.SIGTERM);
    }

    @Override
    public Process destroyForcibly() {
        kill(Signal.SIGKILL);
        return this;
    }

    @Override
    public ProcessHandle toHandle() {
        return ProcessHandle.of(pid()).orElseThrow(() -> new IllegalStateException("the process has ended"));
    }

    @Override
    public ProcessHandle.Info info() {
        return toHandle().info();
    }

    @Override
    public void resize(int rows, int columns) {
        if (!terminal) {
            throw new IllegalStateException("process " + pid() + " in " + container + " has no terminal");
        }
        try {
            Fd master = executed.stdout();
            Pty.resize(master, rows, columns);
        } catch (LinuxException e) {
            throw Failures.exception("resize the terminal of process " + pid() + " in " + container, e);
        }
    }

    @Override
    public String toString() {
        String state =
                isAlive() ? "running" : status().map(WaitStatus::toString).orElse("ended");
        return "process " + pid() + " in " + container + " (" + state + ")";
    }
}

package io.lxj;

import io.lxj.config.Signal;
import io.lxj.failure.Failures;
import io.lxj.lifecycle.Executed;
import io.lxj.lifecycle.Instance;
import io.lxj.linux.Fd;
import io.lxj.linux.FdOutputStream;
import io.lxj.linux.LinuxException;
import io.lxj.linux.Pty;
import io.lxj.linux.WaitStatus;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A command in a container, behind the methods of a Process. */
final class ExecutedProcess extends ContainerProcess {
    private static final Logger LOG = LoggerFactory.getLogger(ExecutedProcess.class);
    private static final int UNKNOWN = 255;

    private final String container;
    private final Executed executed;
    private final boolean terminal;
    private final CompletableFuture<Optional<WaitStatus>> status;
    private final ProcessInput stdout;
    private final Optional<ProcessInput> stderr;
    private final OutputStream stdin;

    private ExecutedProcess(
            String container,
            Executed executed,
            CompletableFuture<Optional<WaitStatus>> status,
            ProcessInput stdout,
            Optional<ProcessInput> stderr) {
        this.container = container;
        this.executed = executed;
        this.status = status;
        this.terminal = executed.stderr().isEmpty();
        this.stdout = stdout;
        this.stderr = stderr;
        this.stdin = executed.stdin().<OutputStream>map(FdOutputStream::new).orElseGet(OutputStream::nullOutputStream);
    }

    static ExecutedProcess of(Instance instance, Executed executed) {
        try {
            ProcessInput stdout = new ProcessInput(executed.stdout(), executed.process());
            Optional<ProcessInput> stderr = executed.stderr().isPresent()
                    ? Optional.of(new ProcessInput(executed.stderr().get(), executed.process()))
                    : Optional.empty();
            CompletableFuture<Optional<WaitStatus>> ended = instance.watch(executed)
                    .whenComplete((status, failure) -> {
                        executed.stdin().ifPresent(Fd::close);
                        end(stdout);
                        stderr.ifPresent(ExecutedProcess::end);
                    });
            return new ExecutedProcess(instance.name(), executed, ended, stdout, stderr);
        } catch (LinuxException e) {
            executed.close();
            throw Failures.exception("exec in " + instance.name(), e);
        }
    }

    private static void end(ProcessInput input) {
        try {
            input.ended();
        } catch (IOException e) {
            // Whoever reads learns of it by the end of the stream; nobody else is here to be told.
            LOG.debug("The last output of a command could not be read", e);
        }
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
        return stderr.<InputStream>map(input -> input).orElseGet(InputStream::nullInputStream);
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
        // What a caller hangs on here may take its time: it must not hold up the thread that waits for all containers.
        return status.thenApplyAsync(status -> this);
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
        } catch (IllegalStateException e) {
            throw new IllegalStateException("process " + pid() + " in " + container + " has ended", e);
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

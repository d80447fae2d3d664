package io.lxj;

import io.lxj.config.AttachEnd;
import io.lxj.config.DetachKeys;
import io.lxj.config.TerminalSize;
import io.lxj.error.Failure;
import io.lxj.error.LxjException;
import io.lxj.error.WrongStateException;
import io.lxj.failure.Failures;
import io.lxj.linux.Fd;
import io.lxj.linux.LinuxException;
import io.lxj.linux.Terminal;
import io.lxj.supervise.Attachment;
import io.lxj.supervise.ConsoleOutput;
import io.lxj.supervise.ConsoleSink;
import io.lxj.supervise.LogSource;
import io.lxj.supervise.OutputFollower;
import io.lxj.supervise.OutputListener;
import io.lxj.supervise.OutputSearch;
import io.lxj.supervise.PlainText;
import io.lxj.supervise.Registration;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The console of a container: the terminal that its init has for {@code /dev/console}. What is written there is kept in
 * memory (the latest part, as much as {@code ConsoleSettings.bufferSize} says) and in a log, whoever looks at it or not.
 * Or another of its terminals, see {@link Container#tty}, whose log is empty.
 *
 * <p>Output is whatever the container wrote, for a terminal to act on. Methods with text in their name leave out what
 * could drive a terminal or forge log lines; all others give it as it is.
 *
 * <p>Thread-safe. The handle stays good when the container stops, starts or reboots.
 */
public final class Console {
    private static final int ALL = Integer.MAX_VALUE;
    private static final int LINES_IN_MESSAGES = 5;
    private static final int STDIN = 0;
    private static final int STDOUT = 1;
    private static final String ATTACH = "attach to ";

    private final String name;
    private final ConsoleOutput output;
    private final ConsoleSink input;
    private final LogSource log;
    private final Executor lane;

    /**
     * The console of a container.
     *
     * @param name what it is, for messages: "the console of web1"
     * @param output what the container writes
     * @param input what is typed; fails while the container doesn't run
     * @param log the log files
     * @param lane runs listeners, one call at a time
     */
    Console(String name, ConsoleOutput output, ConsoleSink input, LogSource log, Executor lane) {
        this.name = name;
        this.output = output;
        this.input = input;
        this.log = log;
        this.lane = lane;
    }

    /**
     * What is in the buffer: the latest output, of earlier runs too.
     *
     * @return the output as the container wrote it
     */
    public byte[] read() {
        return output.tail(ALL);
    }

    /**
     * The end of what is in the buffer.
     *
     * @param bytes how many bytes at most
     * @return the output as the container wrote it
     */
    public byte[] tail(int bytes) {
        return output.tail(bytes);
    }

    /**
     * The last lines of what is in the buffer, as plain text for logs and messages.
     *
     * @param lines how many lines at most
     * @return the lines with {@code \n} between them, without escape sequences and other control characters
     */
    public String tailText(int lines) {
        return PlainText.lastLines(read(), lines);
    }

    /**
     * The whole log, of all runs that are still in it. It can be as large as the settings of the console allow.
     *
     * @return the output as the container wrote it, decoded from UTF-8; bytes that aren't UTF-8 become U+FFFD
     * @throws LxjException if the log can't be read
     */
    public String log() {
        try (InputStream all = log.open()) {
            return new String(all.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw failure("read the log of ", e);
        }
    }

    /**
     * Opens the whole log, with what was rotated, oldest first, and up to what is logged when its end is reached. That
     * it is rotated meanwhile doesn't matter.
     *
     * @return the output as the container wrote it, to be closed by the caller
     * @throws LxjException if the log can't be opened
     */
    public InputStream openLog() {
        try {
            return log.open();
        } catch (IOException e) {
            throw failure("open the log of ", e);
        }
    }

    /**
     * Follows the output from now on.
     *
     * @return the output to come, to be closed by the caller; at its end already if the container doesn't run
     */
    public ConsoleStream follow() {
        return new ConsoleStream(output.follow());
    }

    /**
     * Follows the output from the beginning of this run, or of the last one if the container doesn't run, as far as it is
     * in the buffer.
     *
     * @return the output so far and to come, to be closed by the caller
     */
    public ConsoleStream followFromStart() {
        return new ConsoleStream(output.followFromStart());
    }

    /**
     * Tells a listener of the output from now on, until the container stops. It is told before the container's own
     * listeners are told that it has stopped.
     *
     * @param listener who is told
     * @return ends the listening when it is closed
     */
    public Subscription onOutput(ConsoleListener listener) {
        Objects.requireNonNull(listener, "listener");
        Registration registration = output.listen(
                new OutputListener() {
                    @Override
                    public void output(byte[] bytes) {
                        listener.output(bytes);
                    }

                    @Override
                    public void lost(long bytes) {
                        listener.lost(bytes);
                    }

                    @Override
                    public void ended() {
                        listener.ended();
                    }
                },
                lane);
        return registration::close;
    }

    /**
     * Types on the console. Waits while the container doesn't read and the terminal's queue, of some kilobytes, is full;
     * interrupting the thread ends the wait.
     *
     * @param bytes what to type; {@code \r} is the Enter key
     * @throws LxjException if the container doesn't run, or the wait was interrupted
     */
    public void send(byte[] bytes) {
        Objects.requireNonNull(bytes, "bytes");
        try {
            input.send(bytes);
        } catch (IOException e) {
            throw failure("type on ", e);
        }
    }

    /**
     * Types text on the console, in UTF-8; see {@link #send(byte[])}.
     *
     * @param text what to type; {@code \r} is the Enter key
     * @throws LxjException if the container doesn't run, or the wait was interrupted
     */
    public void send(String text) {
        send(text.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Sets the size of the terminal, and tells the container.
     *
     * @param rows how many lines, 1 to 65535
     * @param columns how many characters in a line, 1 to 65535
     * @throws io.lxj.error.InvalidConfigException if a number is outside of its range
     * @throws LxjException if the container doesn't run
     */
    public void resize(int rows, int columns) {
        TerminalSize size = new TerminalSize(rows, columns);
        try {
            input.resize(size.rows(), size.columns());
        } catch (IOException e) {
            throw failure("resize ", e);
        }
    }

    /**
     * Waits until a text shows up, in what the container has written since it was started or in what it is going to.
     * Escape sequences and other control characters are left out of what is searched, and line ends are {@code \n}.
     *
     * @param text what to wait for
     * @param timeout how long at most
     * @throws LxjException if it doesn't show up in time, or the container stops before; the message has its last lines
     * @throws InterruptedException if the thread is interrupted
     */
    public void waitFor(String text, Duration timeout) throws InterruptedException {
        Objects.requireNonNull(text, "text");
        search('"' + text + '"', seen -> seen.contains(text) ? Optional.of(text) : Optional.empty(), timeout);
    }

    /**
     * Waits until a pattern is found, in what the container has written since it was started or in what it is going to.
     * It is looked for in the latest 256 KiB, as plain text like that of {@link #waitFor(String, Duration)}.
     *
     * @param pattern what to wait for
     * @param timeout how long at most
     * @return the first match
     * @throws LxjException if there is none in time, or the container stops before; the message has its last lines
     * @throws InterruptedException if the thread is interrupted
     */
    public MatchResult waitFor(Pattern pattern, Duration timeout) throws InterruptedException {
        Objects.requireNonNull(pattern, "pattern");
        return search(
                "/" + pattern + "/",
                seen -> {
                    Matcher matcher = pattern.matcher(seen);
                    return matcher.find() ? Optional.of(matcher.toMatchResult()) : Optional.empty();
                },
                timeout);
    }

    /**
     * Waits until a condition holds for what the container has written since it was started.
     *
     * @param condition gets the latest 256 KiB as plain text like that of {@link #waitFor(String, Duration)}, whenever
     *     there is more
     * @param timeout how long at most
     * @return the text for which the condition holds
     * @throws LxjException if it doesn't in time, or the container stops before; the message has its last lines
     * @throws InterruptedException if the thread is interrupted
     */
    public String waitFor(Predicate<String> condition, Duration timeout) throws InterruptedException {
        Objects.requireNonNull(condition, "condition");
        return search("a condition", seen -> condition.test(seen) ? Optional.of(seen) : Optional.empty(), timeout);
    }

    /**
     * Connects the terminal that this JVM runs in to the console, until Ctrl-a and q are typed; see {@link
     * #attach(DetachKeys)}.
     *
     * @return how the session ended
     * @throws LxjException if the JVM's standard input is no terminal or is jshell's, or the container doesn't run
     * @throws InterruptedException if the thread is interrupted
     */
    public AttachEnd attach() throws InterruptedException {
        return attach(DetachKeys.DEFAULT);
    }

    /**
     * Connects the terminal that this JVM runs in (its standard input and output) to the console. Everything that is
     * typed goes to the container, Ctrl-c too; everything that the container writes from now on is shown as it is,
     * escape sequences included. The size of the terminal is copied, and followed when it changes. Meanwhile nothing else
     * should read {@link System#in}: in jshell, which does, this is refused. Several sessions can be attached at once.
     *
     * <p>The terminal's settings are as before when this returns, and also when the JVM ends before.
     *
     * @param keys the keys that end the session
     * @return how the session ended
     * @throws LxjException if the JVM's standard input is no terminal or is jshell's, or the container doesn't run
     * @throws InterruptedException if the thread is interrupted
     */
    public AttachEnd attach(DetachKeys keys) throws InterruptedException {
        Objects.requireNonNull(keys, "keys");
        System.out.flush();
        try (Fd in = new Fd(STDIN).duplicate();
                Fd out = new Fd(STDOUT).duplicate()) {
            return attach(in, out, keys);
        } catch (IOException e) {
            throw failure(ATTACH, e);
        }
    }

    private AttachEnd attach(Fd in, Fd out, DetachKeys keys) throws IOException, InterruptedException {
        if (!output.isRunning()) {
            throw new WrongStateException(ATTACH + name, "STOPPED", List.of("RUNNING"));
        }
        if (Jshell.isCaller()) {
            throw new LxjException(Failure.of(ATTACH + name, "jshell reads this terminal, and would take what is typed")
                    .hint("attach from a program of your own; here there are follow, waitFor and send"));
        }
        try {
            Terminal.of(in);
        } catch (LinuxException e) {
            throw e.withHint("standard input has to be a terminal; without one there are follow and send");
        }
        return Attachment.run(in, out, keys, output, input);
    }

    private <T> T search(String what, Function<String, Optional<T>> condition, Duration timeout)
            throws InterruptedException {
        Objects.requireNonNull(timeout, "timeout");
        try (OutputFollower follower = output.followFromStart()) {
            OutputSearch.Result<T> result = new OutputSearch<>(follower, condition).await(timeout);
            return result.found().orElseThrow(() -> notFound(what, result.ended(), timeout));
        }
    }

    private LxjException notFound(String what, boolean ended, Duration timeout) {
        String action = "wait for " + what + " on " + name;
        String problem = ended ? "the container stopped before" : "not there after " + timeout.toMillis() + " ms";
        String lines = tailText(LINES_IN_MESSAGES).replace("\n", " | ");
        return new LxjException(Failure.of(action, problem)
                .hint(lines.isEmpty() ? "there is no output" : "the last lines were: " + lines));
    }

    private LxjException failure(String action, IOException cause) {
        return Failures.exception(action + name, cause);
    }

    @Override
    public String toString() {
        return name;
    }
}

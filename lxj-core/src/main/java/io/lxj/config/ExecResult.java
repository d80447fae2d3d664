package io.lxj.config;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/** What a command in a container came to: its exit code and all of its output. Immutable and thread-safe. */
public final class ExecResult {
    private static final int SUCCESS = 0;

    private final int exitCode;
    private final byte[] stdout;
    private final byte[] stderr;

    /**
     * The result of a command.
     *
     * @param exitCode its exit code; 128 and the number of the signal if one ended it
     * @param stdout what it wrote to its standard output
     * @param stderr what it wrote to its standard error
     */
    public ExecResult(int exitCode, byte[] stdout, byte[] stderr) {
        this.exitCode = exitCode;
        this.stdout = Objects.requireNonNull(stdout, "stdout").clone();
        this.stderr = Objects.requireNonNull(stderr, "stderr").clone();
    }

    /**
     * The exit code.
     *
     * @return the code; 126 if the command can't be executed, 127 if there is none of that name, 128 and the number of
     *     the signal if one ended it
     */
    public int exitCode() {
        return exitCode;
    }

    /** {@return whether the exit code is 0} */
    public boolean isSuccess() {
        return exitCode == SUCCESS;
    }

    /** {@return the standard output, decoded as UTF-8; what isn't valid becomes U+FFFD} */
    public String stdout() {
        return stdout(StandardCharsets.UTF_8);
    }

    /**
     * The standard output as text.
     *
     * @param charset how to decode it
     * @return the text
     */
    public String stdout(Charset charset) {
        return new String(stdout, charset);
    }

    /** {@return the standard output, an array of the caller's own} */
    public byte[] stdoutBytes() {
        return stdout.clone();
    }

    /** {@return the standard error, decoded as UTF-8; what isn't valid becomes U+FFFD} */
    public String stderr() {
        return stderr(StandardCharsets.UTF_8);
    }

    /**
     * The standard error as text.
     *
     * @param charset how to decode it
     * @return the text
     */
    public String stderr(Charset charset) {
        return new String(stderr, charset);
    }

    /** {@return the standard error, an array of the caller's own} */
    public byte[] stderrBytes() {
        return stderr.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ExecResult result
                && exitCode == result.exitCode
                && Arrays.equals(stdout, result.stdout)
                && Arrays.equals(stderr, result.stderr);
    }

    @Override
    public int hashCode() {
        return Objects.hash(exitCode, Arrays.hashCode(stdout), Arrays.hashCode(stderr));
    }

    /** {@return the exit code, then the standard output and the standard error where there is any, as they are} */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("exit code ").append(exitCode);
        for (String output : List.of(stdout(), stderr())) {
            if (!output.isBlank()) {
                text.append('\n').append(output.stripTrailing());
            }
        }
        return text.toString();
    }
}

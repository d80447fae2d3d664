package io.lxj.config;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;

/**
 * What a command reads from its standard input. Immutable and thread-safe.
 *
 * <p>There is deliberately none that gives it an open file of the host: a process can open a file again through
 * /proc/self/fd, with other access than it was given.
 */
public sealed interface Stdin permits Stdin.Source, Stdin.Bytes {
    /** The sources that need no further word. */
    enum Source implements Stdin {
        /** What is written to the {@link Process#getOutputStream()} of the command. */
        PIPE,

        /** Nothing: the end of the file at once. */
        EMPTY
    }

    /** {@return what is written to the process's output stream; where nobody can, the end of the file at once} */
    static Stdin pipe() {
        return Source.PIPE;
    }

    /** {@return nothing: the end of the file at once} */
    static Stdin empty() {
        return Source.EMPTY;
    }

    /**
     * These bytes, then the end of the file.
     *
     * @param content the bytes; copied
     * @return the input
     */
    static Stdin bytes(byte[] content) {
        return new Bytes(content);
    }

    /**
     * This text in UTF-8, then the end of the file.
     *
     * @param content the text
     * @return the input
     */
    static Stdin text(String content) {
        return new Bytes(content.getBytes(StandardCharsets.UTF_8));
    }

    /** Bytes, then the end of the file. */
    final class Bytes implements Stdin {
        private final byte[] content;

        private Bytes(byte[] content) {
            this.content = Objects.requireNonNull(content, "content").clone();
        }

        /** {@return the bytes, an array of the caller's own} */
        public byte[] content() {
            return content.clone();
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Bytes bytes && Arrays.equals(content, bytes.content);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(content);
        }

        /** {@return how many bytes there are; not which, because they may be a secret} */
        @Override
        public String toString() {
            return content.length + " bytes";
        }
    }
}

package io.lxj;

import io.lxj.image.NewFile;
import io.lxj.image.TreeTransfer;
import io.lxj.lifecycle.OpenRoot;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Objects;

/** Writes a file of a container, which has its name once this is closed, if no write failed. Not thread-safe. */
final class FileStream extends OutputStream {
    private static final int PIECE = 64 * 1024;

    private final String action;
    private final OpenRoot root;
    private final NewFile file;
    private final OutputStream out;
    // What is written in small pieces goes on in larger ones: each is another process's work.
    private final OutputStream buffered;
    private boolean failed;
    private boolean closed;

    // Owns both; closes the file if it fails, and leaves the root to the caller then.
    FileStream(String action, OpenRoot root, NewFile file) throws IOException {
        this.action = action;
        this.root = root;
        this.file = file;
        try {
            this.out = file.stream();
        } catch (IOException e) {
            file.close();
            throw e;
        }
        this.buffered = new BufferedOutputStream(out, PIECE);
    }

    @Override
    public void write(int value) throws IOException {
        write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        if (closed) {
            throw new IOException(action + ": the stream is closed");
        }
        if (failed) {
            throw new IOException(action + ": an earlier write failed, so that the file will not be replaced");
        }
        // Until it has succeeded: memory may run out, too.
        failed = true;
        try {
            buffered.write(bytes, offset, length);
        } catch (IOException e) {
            throw explained(e);
        }
        failed = false;
    }

    @Override
    public void close() throws IOException {
        if (closed) {
            return;
        }
        closed = true;
        try (root;
                file;
                out) {
            if (!failed) {
                buffered.flush();
                root.work(true, () -> {
                    file.commit();
                    return null;
                });
            }
        } catch (IOException e) {
            throw explained(e);
        }
    }

    private IOException explained(IOException e) {
        return new IOException(TreeTransfer.failure(action, root.explained(e)).getMessage(), e);
    }
}

package io.lxj.image;

import io.lxj.linux.FdOutputStream;
import io.lxj.linux.LinuxException;
import java.io.IOException;
import java.io.OutputStream;

/**
 * A file in the making: it has its name when it is committed, and leaves nothing behind when it is closed before. It has
 * mode, access control list and owner of the file that it replaces; 0644 and this process's where there is none. Not thread-safe.
 */
public final class NewFile implements AutoCloseable {
    private final AtomicFile file;
    private final OwnerMap owners;

    NewFile(AtomicFile file, OwnerMap owners) {
        this.file = file;
        this.owners = owners;
    }

    /**
     * Adds content.
     *
     * @param content the content
     * @return this
     * @throws LinuxException if it can't be written
     */
    public NewFile write(byte[] content) throws LinuxException {
        file.file().write(content);
        return this;
    }

    /**
     * Where content can be written as a stream.
     *
     * @return a stream, which must not be used once this is closed
     * @throws IOException if it can't be opened
     */
    public OutputStream stream() throws IOException {
        return new FdOutputStream(file.file().duplicate());
    }

    /**
     * Sets the permissions. It has no access control list then.
     *
     * @param mode the lower 12 bits
     * @return this
     */
    public NewFile mode(int mode) {
        file.mode(mode);
        return this;
    }

    /**
     * Sets the owner.
     *
     * @param uid the owner
     * @param gid the group
     * @return this
     * @throws LinuxException EINVAL if there is no such user or group
     */
    public NewFile owner(int uid, int gid) throws LinuxException {
        file.owner(owners.outsideUser(uid), owners.outsideGroup(gid));
        return this;
    }

    /**
     * Gives the file its name.
     *
     * @throws LinuxException if that fails
     */
    public void commit() throws LinuxException {
        file.commit();
    }

    @Override
    public void close() throws LinuxException {
        file.close();
    }
}

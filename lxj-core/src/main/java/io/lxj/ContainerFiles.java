package io.lxj;

import io.lxj.config.ByteSize;
import io.lxj.config.FileInfo;
import io.lxj.image.NewFile;
import io.lxj.image.TreeFiles;
import io.lxj.image.TreeTransfer;
import io.lxj.lifecycle.Instance;
import io.lxj.lifecycle.OpenRoot;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/**
 * The files of a container, whether it runs or not. While it runs they are those that its processes see, with what is
 * mounted in it; while it is stopped those that are stored, and it can't be started until the call is over.
 *
 * <p>A path is absolute and has no {@code ..}; symbolic links on its way are followed within the container's root. The
 * content of a container isn't trusted: whatever its processes do meanwhile, nothing outside of its root is read or
 * written, and no FIFO or device holds a call up. In a container that runs, what is done is what its root could do, and no
 * more: files of the host that are mounted in it have the permissions that they have for it, no device nodes are made, and
 * on file systems of the kernel, such as procfs and sysfs, nothing is changed at all; what they show can differ from what the
 * container's processes see, as it is seen from outside. Neither what chattr(1) protects nor what something is mounted on is
 * removed or replaced. A file system that the container serves itself (FUSE) is closed, but to a user who has no ids for
 * containers. Names are bytes: in paths and names,
 * a byte that isn't part of valid UTF-8 is the lone surrogate U+DC00 plus its value, in every locale. User and group ids are
 * those of the container.
 *
 * <p>What is made has the mode that is said, whatever the umask of this process is: the default access control list
 * that a folder may have, for what its own users make in it, doesn't count. What an archive or a folder of the host
 * brings has the access control list that it has there, or none.
 *
 * <p>All methods are thread-safe. They throw {@link io.lxj.error.LxjException} with the failed system call, and
 * {@link io.lxj.error.NotFoundException} once the container was destroyed or renamed; ESTALE if the container ended meanwhile, with
 * all that was mounted in it, and ETIMEDOUT if it held a file up for a minute: what was to be changed may have been.
 */
public final class ContainerFiles {
    private static final ByteSize USUAL_LIMIT = ByteSize.mib(64);

    private final Instance instance;

    ContainerFiles(Instance instance) {
        this.instance = instance;
    }

    private interface Work<T> {
        T on(OpenRoot root) throws IOException;
    }

    private String action(String verb, String path) {
        return verb + " " + place(path);
    }

    private String place(String path) {
        return Objects.requireNonNull(path, "path") + " in " + instance.name();
    }

    private <T> T look(String verb, String path, Work<T> work) {
        return work(false, action(verb, path), work);
    }

    private <T> T change(String verb, String path, Work<T> work) {
        return work(true, action(verb, path), work);
    }

    private <T> T work(boolean change, String action, Work<T> work) {
        try (OpenRoot root = instance.openRoot(change)) {
            try {
                return root.work(change, () -> work.on(root));
            } catch (IOException e) {
                throw TreeTransfer.failure(action, root.explained(e));
            }
        }
    }

    private static TreeFiles files(OpenRoot root) {
        return new TreeFiles(root.root(), root.owners());
    }

    private static TreeTransfer transfer(OpenRoot root) {
        return new TreeTransfer(root.root(), root.owners(), root::requireRun);
    }

    /**
     * What is in a folder.
     *
     * @param path the folder
     * @return its entries without {@code .} and {@code ..}, sorted by name; of what may not be looked at, such as the top of
     *     a file system that the container serves itself (FUSE), only name and type are known: the rest is 0, and nobody's
     * @throws io.lxj.error.LxjException ENOENT if there is none, ENOTDIR if it isn't a folder, EFBIG if it has more than
     *     a million entries, or more than 64 MiB of names or of targets of links
     */
    public List<FileInfo> list(String path) {
        return look("list", path, root -> files(root).list(path));
    }

    /**
     * A file, without following a symbolic link in its place.
     *
     * @param path the file
     * @return what is known of it
     * @throws io.lxj.error.LxjException ENOENT if there is none
     */
    public FileInfo info(String path) {
        return look("look at", path, root -> files(root).info(path));
    }

    /**
     * Whether a path leads to something; a symbolic link that leads nowhere doesn't.
     *
     * @param path the path
     * @return whether there is something
     */
    public boolean exists(String path) {
        return look("look for", path, root -> files(root).exists(path));
    }

    /**
     * Reads a file of at most 64 MiB.
     *
     * @param path a regular file
     * @return its content
     * @throws io.lxj.error.LxjException ENOENT if there is none, EFBIG if it is larger, EINVAL if it is neither a file
     *     nor a folder
     */
    public byte[] read(String path) {
        return read(path, USUAL_LIMIT);
    }

    /**
     * Reads a file.
     *
     * @param path a regular file
     * @param limit how large it may be; not more than 2 GiB
     * @return its content
     * @throws io.lxj.error.LxjException ENOENT if there is none, EFBIG if it is larger, EINVAL if it is neither a file
     *     nor a folder
     */
    public byte[] read(String path, ByteSize limit) {
        return look("read", path, root -> files(root).read(path, limit));
    }

    /**
     * Reads a text file of at most 64 MiB.
     *
     * @param path a regular file
     * @return its content, decoded from UTF-8; what isn't valid becomes U+FFFD
     * @throws io.lxj.error.LxjException as {@link #read(String)}
     */
    public String readText(String path) {
        return new String(read(path), StandardCharsets.UTF_8);
    }

    /**
     * Opens a file to read it piece by piece.
     *
     * @param path a regular file
     * @return its content, to be closed by the caller; it stays readable when the container is stopped or destroyed, and is
     *     what the file was then
     * @throws io.lxj.error.LxjException as {@link #read(String)}
     */
    public InputStream open(String path) {
        return look("read", path, root -> files(root).stream(path));
    }

    /**
     * Writes a file. It is replaced in one step: whoever reads it sees the old content or the new. Mode, access control
     * list and owner of a file that exists are kept; a new one gets 0644 and root, and the group of its folder if that
     * has the set-group-ID bit. A symbolic link in its place is followed.
     *
     * @param path the file; its folder must exist
     * @param content what it is to contain
     * @throws io.lxj.error.LxjException ENOENT if its folder doesn't exist, EISDIR if it is a folder, EINVAL if it is a
     *     FIFO, socket or device
     */
    public void write(String path, byte[] content) {
        Objects.requireNonNull(content, "content");
        write(path, file -> file.write(content));
    }

    /**
     * Writes a text file, as {@link #write(String, byte[])} does.
     *
     * @param path the file; its folder must exist
     * @param text what it is to contain, encoded as UTF-8
     * @throws io.lxj.error.LxjException as {@link #write(String, byte[])}
     */
    public void write(String path, String text) {
        write(path, text.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Writes a file with a mode, as {@link #write(String, byte[])} does. It has no access control list then.
     *
     * @param path the file; its folder must exist
     * @param content what it is to contain
     * @param mode the lower 12 bits of its mode
     * @throws io.lxj.error.LxjException as {@link #write(String, byte[])}
     */
    public void write(String path, byte[] content, int mode) {
        Objects.requireNonNull(content, "content");
        FileRules.mode(mode);
        write(path, file -> file.write(content).mode(mode));
    }

    /**
     * Writes a file with mode and owner, as {@link #write(String, byte[])} does. It has no access control list then.
     *
     * @param path the file; its folder must exist
     * @param content what it is to contain
     * @param mode the lower 12 bits of its mode
     * @param uid the id of its owner in the container
     * @param gid the id of its group in the container
     * @throws io.lxj.error.LxjException as {@link #write(String, byte[])}
     */
    public void write(String path, byte[] content, int mode, long uid, long gid) {
        Objects.requireNonNull(content, "content");
        FileRules.mode(mode);
        write(path, file -> file.write(content).mode(mode).owner(FileRules.id("uid", uid), FileRules.id("gid", gid)));
    }

    private interface Filling {
        void fill(NewFile file) throws IOException;
    }

    private void write(String path, Filling filling) {
        change("write", path, root -> {
            try (NewFile file = files(root).create(path)) {
                filling.fill(file);
                file.commit();
            }
            return null;
        });
    }

    /**
     * Opens a file to write it piece by piece. It is replaced when the stream is closed, if all writes went well; mode
     * and owner are as with {@link #write(String, byte[])}. A stopped container can't be started, and no other call can
     * be made on its files, until the stream is closed; if a running one ends before, closing the stream fails with ESTALE.
     *
     * @param path the file; its folder must exist
     * @return where its content is written to; to be closed by the caller
     * @throws io.lxj.error.LxjException as {@link #write(String, byte[])}
     */
    public OutputStream create(String path) {
        String action = action("write", path);
        OpenRoot root = instance.openRoot(true);
        try {
            return new FileStream(action, root, root.asRoot(() -> files(root).create(path)));
        } catch (IOException e) {
            root.close();
            throw TreeTransfer.failure(action, root.explained(e));
        } catch (Throwable e) {
            root.close();
            throw e;
        }
    }

    /**
     * Removes a file, link, node or empty folder. A symbolic link is removed and not followed.
     *
     * @param path what to remove
     * @throws io.lxj.error.LxjException ENOENT if there is none, ENOTEMPTY for a folder with something in it, EBUSY
     *     if something is mounted there
     */
    public void delete(String path) {
        change("delete", path, root -> {
            files(root).delete(path);
            return null;
        });
    }

    /**
     * Removes a file, or a folder with all that is in it. A symbolic link is removed and not followed; what is mounted in
     * the folder is left alone.
     *
     * @param path what to remove
     * @throws io.lxj.error.LxjException ENOENT if there is none, EXDEV if something is mounted in it, ENOTEMPTY if the
     *     container makes files there as fast as they are removed
     * @throws io.lxj.error.CanceledException if the thread is interrupted
     */
    public void deleteTree(String path) {
        change("delete", path, root -> {
            files(root).deleteTree(path);
            return null;
        });
    }

    /**
     * Makes a folder and those above it where they are missing, with mode 0755.
     *
     * @param path the folder
     * @throws io.lxj.error.LxjException ENOTDIR if something else is in the way
     */
    public void mkdirs(String path) {
        change("make folder", path, root -> {
            files(root).mkdirs(path, 0755);
            return null;
        });
    }

    /**
     * Sets the mode of a file or folder.
     *
     * @param path the file; links are followed
     * @param mode the lower 12 bits of its mode
     * @throws io.lxj.error.LxjException ENOENT if there is none
     */
    public void chmod(String path, int mode) {
        FileRules.mode(mode);
        change("chmod", path, root -> {
            files(root).chmod(path, mode);
            return null;
        });
    }

    /**
     * Sets the owner of a file or folder.
     *
     * @param path the file; links are followed
     * @param uid the id of its owner in the container
     * @param gid the id of its group in the container
     * @throws io.lxj.error.LxjException ENOENT if there is none
     */
    public void chown(String path, long uid, long gid) {
        int owner = FileRules.id("uid", uid);
        int group = FileRules.id("gid", gid);
        change("chown", path, root -> {
            files(root).chown(path, owner, group);
            return null;
        });
    }

    /**
     * Copies a file, or a folder with all that is in it, from the host into the container. Folders that are missing above
     * it are made. A file is replaced in one step; a folder is merged with what is there. Content, modes, owners (by
     * number), times, attributes, hard and symbolic links and holes are kept; in a container of a user without ids for
     * containers, all becomes its root's.
     *
     * @param host the file or folder; a link in its place is followed, others are copied as links
     * @param path where it goes: the path of the copy, not of a folder to put it in
     * @return what could not be kept, as sentences; empty if all was
     * @throws io.lxj.error.LxjException if that fails; of a folder, what was copied by then stays
     */
    public List<String> push(Path host, String path) {
        return work(true, "push " + host + " to " + place(path), root -> transfer(root)
                .push(host, path));
    }

    /**
     * Copies a file, or a folder with all that is in it, from the container to the host. A file is replaced in one step; a
     * folder is merged with what is there. All is kept as with {@link #push(Path, String)}, but for what would give the
     * container power over the host: device nodes are left out, and files lose set-user-ID and set-group-ID bits,
     * capabilities and the other attributes that the kernel trusts. A symbolic link is copied as it is: on the host it
     * may lead anywhere. For a copy that lacks nothing, see {@link #pull(String, OutputStream)}.
     *
     * @param path the file or folder; a link in its place is followed
     * @param host where it goes: the path of the copy, whose folder must exist
     * @return what else could not be kept, as sentences
     * @throws io.lxj.error.LxjException if that fails; of a folder, what was copied by then stays
     */
    public List<String> pull(String path, Path host) {
        return work(false, "pull " + place(path) + " to " + host, root -> transfer(root)
                .pull(path, host));
    }

    /**
     * Unpacks a tar archive in the container, as tar(1) with numeric owners does. What it names is replaced, or merged
     * with if both are folders. A symbolic link, of the archive or one that was there, can lead out of the folder, but not
     * out of the container's root.
     *
     * @param archive a tar archive, plain or compressed with gzip, xz, zstd or bzip2; read to its end and left open
     * @param path the folder that the names in the archive are below; it is made if it is missing
     * @return what could not be kept, as sentences; empty if all was
     * @throws io.lxj.error.LxjException if that fails; what was unpacked by then stays
     */
    public List<String> push(InputStream archive, String path) {
        Objects.requireNonNull(archive, "archive");
        return work(true, "unpack an archive to " + place(path), root -> transfer(root)
                .unpack(archive, path));
    }

    /**
     * Packs a file or folder of the container as a tar archive, with everything that it has but sockets. The kernel's own
     * file systems, such as /proc, are packed as empty folders. What is mounted at several places may be repeated up to 1 GiB.
     *
     * @param path the file or folder; a link in its place is followed
     * @param archive where the uncompressed archive goes; flushed and left open
     * @throws io.lxj.error.LxjException if that fails
     */
    public void pull(String path, OutputStream archive) {
        Objects.requireNonNull(archive, "archive");
        look("pack", path, root -> {
            transfer(root).pack(path, archive);
            return null;
        });
    }

    @Override
    public String toString() {
        return "files of " + instance;
    }
}

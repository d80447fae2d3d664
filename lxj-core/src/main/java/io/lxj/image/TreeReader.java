package io.lxj.image;

import io.lxj.linux.Block;
import io.lxj.linux.Directory;
import io.lxj.linux.DirectoryEntry;
import io.lxj.linux.Errno;
import io.lxj.linux.Fd;
import io.lxj.linux.FileName;
import io.lxj.linux.FileSystemType;
import io.lxj.linux.LinuxException;
import io.lxj.linux.Open;
import io.lxj.linux.Scratch;
import io.lxj.linux.Stat;
import io.lxj.linux.Syscall;
import io.lxj.linux.Xattrs;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Reads a tree that others may change meanwhile, and that may be made to harm who reads it. Every file is pinned by
 * O_PATH in the directory that it was found in, looked at, and only then opened if it is a regular file or a folder: a
 * link is never followed, and a FIFO or device that takes a file's place is never opened. What vanishes meanwhile is left
 * out; a file that shrinks is filled up with zeros, as tar(1) does. Used by one thread.
 *
 * <p>Names are relative to the top, whose own is {@code .}. Sockets mean nothing without their process and are left out.
 * The file systems of the kernel itself appear as empty folders: what is in them has no size, and no end.
 */
final class TreeReader implements EntrySource, AutoCloseable {
    private static final int BUFFER = 256 * 1024;
    private static final int MAX_DEPTH = 256;
    private static final int MAX_LISTED = 1_000_000;
    // How much memory names of files with several links may take, and about how much one takes besides.
    private static final long MAX_LINKED = Runtime.getRuntime().maxMemory() / 8;
    private static final int LINKED = 200;
    private static final int SEEK_DATA = 3;
    private static final int SEEK_HOLE = 4;
    private static final int MAX_PIECES = 100_000;
    // A container may mount the same folder wherever it likes, and so make one file seem many.
    private static final int MAX_REPEATED_MOUNTS = 1_000;
    // What an entry takes in an archive or on a disk, however little is in it.
    private static final long ENTRY = 512;
    private static final long MAX_REPEATED = 1L << 30;
    // Holes of a file with more pieces are filled with zeros.
    private static final long MAX_FILLED = 1L << 30;
    // ZFS makes 4 KiB of 1 MiB at best, btrfs of 128 KiB; whatever takes less room has holes.
    private static final long MAX_COMPRESSION = 256;
    private static final Set<FileSystemType> TELLS_NOTHING = Set.of(FileSystemType.RAMFS, FileSystemType.FUSE);
    private static final long INLINE = 4096;

    private record Level(
            Directory directory,
            byte[] path,
            Place place,
            long fileSystem,
            boolean mounted,
            Deque<DirectoryEntry> pending) {}

    /** A path of which each folder is held once, however much is in it; the folder is null at the top. */
    private record Place(Place folder, byte[] name) {
        byte[] path() {
            return folder == null ? name : join(folder.path(), name);
        }
    }

    private record Inode(long fileSystem, long number) {}

    private final boolean foreign;
    private final Deque<Level> levels = new ArrayDeque<>();
    private final Map<Inode, Place> linked = new HashMap<>();
    private final Set<Inode> mounts = new HashSet<>();
    private final InodeSet seen = new InodeSet();
    private int repeatedMounts;
    private long repeated;
    private long linkedSize;
    private long filled;
    private final Block buffer = Block.allocate(BUFFER);
    private TarEntry top;
    private Fd current;
    private TarEntry entry;

    /**
     * Begins to read.
     *
     * @param top the folder at the top, pinned or open; stays the caller's
     * @param foreign whether a container has it, which could show much that takes it no room: that is limited
     */
    TreeReader(Fd top, boolean foreign) throws IOException {
        this.foreign = foreign;
        Directory directory = new Directory(top.reopen(Open.O_RDONLY | Open.O_DIRECTORY));
        try {
            Stat stat = directory.fd().stat();
            requireSizes(directory.fd());
            this.top = entry(TarEntry.Type.DIRECTORY, FileName.bytes("."), stat, Xattrs.all(directory.fd()));
            levels.push(new Level(directory, new byte[0], null, stat.fileSystem(), false, list(directory)));
        } catch (IOException e) {
            directory.close();
            throw e;
        }
    }

    private TreeReader(boolean foreign) {
        this.foreign = foreign;
    }

    /** Reads a single file, which is pinned; it stays the caller's. */
    static TreeReader ofFile(Fd pinned, byte[] name, boolean foreign) throws IOException {
        TreeReader reader = new TreeReader(foreign);
        if (!pinned.stat().isRegular()) {
            throw LinuxException.of(-Errno.EINVAL.number(), "openat2", name, "O_RDONLY")
                    .withHint("it is neither a regular file nor a folder");
        }
        requireSizes(pinned);
        try {
            reader.top = reader.file(pinned, name);
            return reader;
        } catch (IOException | RuntimeException | Error e) {
            reader.close();
            throw e;
        }
    }

    private static void requireSizes(Fd top) throws IOException {
        if (FileSystemType.of(top).isKernels()) {
            throw new ArchiveException("it is in a file system of the kernel, whose files have no size");
        }
    }

    private static Deque<DirectoryEntry> list(Directory directory) throws LinuxException {
        return new ArrayDeque<>(directory.list(MAX_LISTED));
    }

    @Override
    public TarEntry next() throws IOException {
        if (top == null) {
            closeCurrent();
        } else {
            entry = top;
            top = null;
            return entry;
        }
        while (!levels.isEmpty()) {
            DirectoryEntry name = levels.peek().pending().poll();
            if (name == null) {
                levels.pop().directory().close();
                continue;
            }
            entry = read(levels.peek(), name.name());
            if (entry != null) {
                return entry;
            }
        }
        return null;
    }

    private void closeCurrent() {
        if (current != null) {
            current.close();
            current = null;
        }
    }

    /** What a name stands for; null for what is left out. */
    private TarEntry read(Level level, byte[] name) throws IOException {
        byte[] path = join(level.path(), name);
        Place place = new Place(level.place(), name);
        try (Fd pinned = level.directory().open(name, Open.O_PATH, 0)) {
            Stat stat = pinned.stat();
            Inode inode = new Inode(stat.fileSystem(), stat.inode());
            // Devices are left out on some ways, and a link to one would lead nowhere then.
            boolean device = stat.type() == Stat.S_IFCHR || stat.type() == Stat.S_IFBLK;
            boolean mounted = level.mounted() || stat.mountRoot();
            boolean mayBeLinked = !stat.isDirectory() && !device && stat.links() > 1;
            boolean isLinked = mayBeLinked && linked.containsKey(inode);
            if (mounted && foreign) {
                refuseRepeated(path, stat, inode, isLinked);
            }
            if (isLinked) {
                byte[] first = linked.get(inode).path();
                return entry(TarEntry.Type.HARD_LINK, path, first, stat, 0, List.of(), Optional.empty());
            }
            TarEntry found =
                    switch (stat.type()) {
                        case Stat.S_IFREG -> file(pinned, path);
                        case Stat.S_IFDIR -> folder(level, pinned, path, place);
                        case Stat.S_IFLNK ->
                            entry(
                                    TarEntry.Type.SYMBOLIC_LINK,
                                    path,
                                    target(pinned),
                                    stat,
                                    0,
                                    attributes(Xattrs.all(level.directory(), name)),
                                    Optional.empty());
                        case Stat.S_IFIFO -> node(TarEntry.Type.FIFO, path, stat, level.directory(), name);
                        case Stat.S_IFCHR -> node(TarEntry.Type.CHARACTER_DEVICE, path, stat, level.directory(), name);
                        case Stat.S_IFBLK -> node(TarEntry.Type.BLOCK_DEVICE, path, stat, level.directory(), name);
                        default -> null;
                    };
            if (mayBeLinked && found != null) {
                requireMemory(path);
                linked.put(inode, place);
                linkedSize += name.length + LINKED;
            }
            return found;
        } catch (LinuxException e) {
            if (e.is(Errno.ENOENT)) {
                return null;
            }
            throw ArchiveException.ofEntry(path, -1, "it can't be read: " + e.getMessage(), e);
        }
    }

    /** Twice is usual, but a small disk must not become a large archive. */
    private void refuseRepeated(byte[] path, Stat stat, Inode inode, boolean isLinked) throws IOException {
        if (stat.mountRoot() && !mounts.add(inode) && ++repeatedMounts > MAX_REPEATED_MOUNTS) {
            throw ArchiveException.ofEntry(
                    path, -1, "more than " + MAX_REPEATED_MOUNTS + " mounts are of what is mounted elsewhere, too");
        }
        if (seen.add(inode.fileSystem(), inode.number())) {
            linkedSize += InodeSet.MEMORY;
            requireMemory(path);
            return;
        }
        repeated += ENTRY + (stat.isRegular() && !isLinked ? stat.blocks() * 512 : 0);
        if (repeated > MAX_REPEATED) {
            throw ArchiveException.ofEntry(
                    path,
                    -1,
                    "more than " + (MAX_REPEATED >> 20) + " MiB are of files that are mounted elsewhere, too");
        }
    }

    private void requireMemory(byte[] path) throws IOException {
        if (linkedSize > MAX_LINKED) {
            throw ArchiveException.ofEntry(
                    path, -1, "files with several links or on other mounts are more than there is memory for");
        }
    }

    private static byte[] join(byte[] folder, byte[] name) {
        byte[] path = new byte[folder.length + (folder.length == 0 ? 0 : 1) + name.length];
        System.arraycopy(folder, 0, path, 0, folder.length);
        if (folder.length > 0) {
            path[folder.length] = '/';
        }
        System.arraycopy(name, 0, path, path.length - name.length, name.length);
        return path;
    }

    private TarEntry file(Fd pinned, byte[] path) throws IOException {
        current = pinned.reopen(Open.O_RDONLY | Open.O_NONBLOCK | Open.O_NOCTTY);
        Stat stat = current.stat();
        Optional<SparseMap> sparse = stat.blocks() * 512 < stat.size() ? sparse(path, stat) : Optional.empty();
        long stored = sparse.map(TreeReader::stored).orElse(stat.size());
        // Others have small files beside their names.
        if (foreign && stored > INLINE && stored > stat.blocks() * 512) {
            boolean compresses = !TELLS_NOTHING.contains(FileSystemType.of(current));
            fill(path, stored - (compresses ? MAX_COMPRESSION : 1) * stat.blocks() * 512);
        }
        return entry(TarEntry.Type.FILE, path, new byte[0], stat, stored, attributes(Xattrs.all(current)), sparse);
    }

    /** Where the file has data, see lseek(2); empty if the file system doesn't tell, or tells of too many pieces. */
    private Optional<SparseMap> sparse(byte[] path, Stat stat) throws IOException {
        long size = stat.size();
        SparseMap.Builder map = new SparseMap.Builder(MAX_PIECES);
        long stored = 0;
        long at = 0;
        while (at < size) {
            long data = current.call(Syscall.LSEEK, at, SEEK_DATA);
            if (Errno.ENXIO.is(data)) {
                break;
            }
            long hole = data < 0 ? data : current.call(Syscall.LSEEK, data, SEEK_HOLE);
            boolean aligned = hole >= size || (hole - data) % TarHeader.SIZE == 0;
            requireAnswer(at, data);
            requireAnswer(at, hole);
            // A FUSE may say anything.
            if (hole <= at || data < at || !aligned || map.count() >= 2 * MAX_PIECES) {
                if (foreign) {
                    fill(path, size - stat.blocks() * 512);
                }
                return Optional.empty();
            }
            long end = Math.min(hole, size);
            if (data < end) {
                map.number(data);
                map.number(end - data);
                stored += end - data;
            }
            at = hole;
        }
        return Optional.of(map.build(size, stored));
    }

    /** Who doesn't answer doesn't say either that there are no holes. */
    private void requireAnswer(long at, long result) throws LinuxException {
        if (Errno.ETIMEDOUT.is(result) || Errno.EOWNERDEAD.is(result)) {
            throw LinuxException.of(result, "lseek", current, at);
        }
    }

    /** A small disk could fill the host's with zeros. */
    private void fill(byte[] path, long holes) throws IOException {
        filled += Math.max(0, holes);
        if (filled > MAX_FILLED) {
            throw ArchiveException.ofEntry(
                    path,
                    -1,
                    "with " + filled + " bytes, more than " + (MAX_FILLED >> 20)
                            + " MiB are of holes that their file system doesn't tell from data, or in more than "
                            + MAX_PIECES
                            + " pieces");
        }
    }

    private static long stored(SparseMap map) {
        long stored = 0;
        for (int i = 0; i < map.pieces(); i++) {
            stored += map.length(i);
        }
        return stored;
    }

    private TarEntry folder(Level parent, Fd pinned, byte[] path, Place place) throws IOException {
        if (levels.size() > MAX_DEPTH) {
            throw ArchiveException.ofEntry(path, -1, "it is more than " + MAX_DEPTH + " folders deep");
        }
        Directory directory = new Directory(pinned.reopen(Open.O_RDONLY | Open.O_DIRECTORY));
        try {
            Stat stat = directory.fd().stat();
            boolean kernels = stat.fileSystem() != parent.fileSystem()
                    && FileSystemType.of(directory.fd()).isKernels();
            TarEntry folder =
                    entry(TarEntry.Type.DIRECTORY, path, stat, kernels ? Map.of() : Xattrs.all(directory.fd()));
            levels.push(new Level(
                    directory,
                    path,
                    place,
                    stat.fileSystem(),
                    parent.mounted() || stat.mountRoot(),
                    kernels ? new ArrayDeque<>() : list(directory)));
            return folder;
        } catch (IOException e) {
            directory.close();
            throw e;
        }
    }

    /** What can't be opened is asked for its attributes by name. */
    private static TarEntry node(TarEntry.Type type, byte[] path, Stat stat, Directory directory, byte[] name)
            throws LinuxException {
        return entry(type, path, stat, Xattrs.all(directory, name));
    }

    /** The target of a symbolic link that is pinned. */
    static byte[] target(Fd link) throws LinuxException {
        try (Scratch scratch = Scratch.open()) {
            Block block = scratch.block(4096);
            long length = link.call(Syscall.READLINKAT, scratch.string(""), block.address(), block.length());
            if (length < 0) {
                throw LinuxException.of(length, "readlinkat", link, "");
            }
            byte[] target = new byte[(int) length];
            block.buffer().get(0, target);
            return target;
        }
    }

    private static TarEntry entry(TarEntry.Type type, byte[] path, Stat stat, Map<String, byte[]> attributes) {
        return entry(type, path, new byte[0], stat, 0, attributes(attributes), Optional.empty());
    }

    private static TarEntry entry(
            TarEntry.Type type,
            byte[] path,
            byte[] link,
            Stat stat,
            long stored,
            List<TarEntry.Attribute> attributes,
            Optional<SparseMap> sparse) {
        return new TarEntry(
                type,
                path,
                link,
                stat.permissions(),
                stat.uid(),
                stat.gid(),
                type == TarEntry.Type.FILE ? stat.size() : 0,
                stat.modifiedSeconds(),
                stat.modifiedNanos(),
                stat.deviceMajor(),
                stat.deviceMinor(),
                attributes,
                Map.of(),
                sparse,
                stored,
                -1);
    }

    /** An overlay's own notes are not the file's. */
    private static List<TarEntry.Attribute> attributes(Map<String, byte[]> all) {
        List<TarEntry.Attribute> attributes = new ArrayList<>(all.size());
        all.forEach((name, value) -> {
            if (!name.startsWith("trusted.overlay.") && !name.startsWith("user.overlay.")) {
                attributes.add(new TarEntry.Attribute(name, value));
            }
        });
        return attributes;
    }

    @Override
    public void content(ContentSink sink) throws IOException {
        if (entry.sparse().isPresent()) {
            SparseMap map = entry.sparse().get();
            for (int i = 0; i < map.pieces(); i++) {
                piece(map.offset(i), map.length(i), sink);
            }
        } else {
            piece(0, entry.stored(), sink);
        }
    }

    private void piece(long offset, long length, ContentSink sink) throws IOException {
        long done = 0;
        boolean ended = false;
        while (done < length) {
            int wanted = (int) Math.min(BUFFER, length - done);
            int n = ended ? 0 : current.read(buffer, 0, wanted, offset + done);
            if (n == 0) {
                ended = true;
                n = wanted;
                buffer.buffer().put(0, new byte[n]);
            }
            sink.accept(buffer, 0, n);
            done += n;
        }
    }

    @Override
    public void close() {
        closeCurrent();
        levels.forEach(level -> level.directory().close());
        levels.clear();
    }
}

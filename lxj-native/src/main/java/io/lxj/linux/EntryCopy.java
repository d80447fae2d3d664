package io.lxj.linux;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;

/** Copies what is in a directory and isn't a directory itself. Thread-safe. */
final class EntryCopy {
    // A FIFO that was put in the place of a file must not hold us up.
    private static final int READ = Open.O_RDONLY | Open.O_NONBLOCK | Open.O_NOCTTY;
    private static final int CREATE = Open.O_WRONLY | Open.O_CREAT | Open.O_EXCL;

    private final Fd topTarget;
    private final CopiedMetadata metadata;
    private final FileCopy contents;
    private final ConcurrentHashMap<Identity, CompletableFuture<Place>> links = new ConcurrentHashMap<>();

    private record Identity(long fileSystem, long inode) {}

    private record Place(CopiedDirectory directory, byte[] name) {}

    /** Makes the new file. */
    private interface Creation {
        void run() throws LinuxException;
    }

    EntryCopy(Fd topTarget, CopiedMetadata metadata, FileCopy contents) {
        this.topTarget = topTarget;
        this.metadata = metadata;
        this.contents = contents;
    }

    void copy(CopiedDirectory directory, DirectoryEntry entry) throws LinuxException {
        try {
            boolean regular = entry.type() == Stat.S_IFREG
                    || (entry.type() == 0
                            && directory.source().stat(entry.name()).isRegular());
            if (regular) {
                copyFile(directory, entry.name());
            } else {
                copyOther(directory, entry.name());
            }
        } catch (LinuxException e) {
            throw directory.explain(e, entry.name());
        }
    }

    private void copyFile(CopiedDirectory directory, byte[] name) throws LinuxException {
        Fd from;
        try {
            from = directory.source().open(name, READ, 0);
        } catch (LinuxException e) {
            if (e.is(Errno.ENOENT)) {
                return;
            }
            throw e;
        }
        try (from) {
            Stat stat = from.stat();
            if (!stat.isRegular()) {
                throw LinuxException.of(-Errno.ESTALE.number(), "openat", name);
            }
            Fd[] created = new Fd[1];
            boolean linked = createOrLink(
                    directory,
                    name,
                    stat,
                    () -> created[0] = directory.target().open(name, CREATE, metadata.initialMode(stat)));
            if (!linked) {
                try (Fd to = created[0]) {
                    contents.copy(from, stat, to);
                    metadata.copy(from, stat, to, false);
                }
            }
        }
    }

    private void copyOther(CopiedDirectory directory, byte[] name) throws LinuxException {
        Directory from = directory.source();
        Directory to = directory.target();
        Stat stat;
        try {
            stat = from.stat(name);
        } catch (LinuxException e) {
            if (e.is(Errno.ENOENT)) {
                return;
            }
            throw e;
        }
        boolean linked = createOrLink(directory, name, stat, () -> {
            if (stat.isSymlink()) {
                to.symlink(from.readLink(name), name);
            } else {
                to.mknod(name, stat.mode(), stat.deviceMajor(), stat.deviceMinor());
            }
        });
        if (!linked) {
            metadata.copy(from, name, stat, to);
        }
    }

    /** Creates the file, unless another of its names was copied already: then links to that, and says so. */
    private boolean createOrLink(CopiedDirectory directory, byte[] name, Stat stat, Creation creation)
            throws LinuxException {
        if (stat.links() < 2) {
            creation.run();
            return false;
        }
        CompletableFuture<Place> mine = new CompletableFuture<>();
        CompletableFuture<Place> first = links.putIfAbsent(new Identity(stat.fileSystem(), stat.inode()), mine);
        if (first == null) {
            try {
                creation.run();
                mine.complete(new Place(directory, name));
            } catch (LinuxException | RuntimeException | Error e) {
                mine.completeExceptionally(e);
                throw e;
            }
            return false;
        }
        Place place;
        try {
            // Whoever came first is just creating it and waits for nobody.
            place = first.join();
        } catch (CompletionException e) {
            throw LinuxException.of(-Errno.ECANCELED.number(), "linkat", name).withHint("its first name wasn't copied");
        }
        if (place.directory() == directory) {
            directory.target().link(directory.target(), place.name(), name);
        } else {
            try (Directory other = place.directory().reopenTarget(topTarget)) {
                directory.target().link(other, place.name(), name);
            }
        }
        return true;
    }
}

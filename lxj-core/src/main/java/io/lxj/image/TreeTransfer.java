package io.lxj.image;

import io.lxj.config.ImportLimits;
import io.lxj.error.CanceledException;
import io.lxj.error.Failure;
import io.lxj.error.LxjException;
import io.lxj.failure.Failures;
import io.lxj.linux.Block;
import io.lxj.linux.Directory;
import io.lxj.linux.Errno;
import io.lxj.linux.Fd;
import io.lxj.linux.FileName;
import io.lxj.linux.LinuxException;
import io.lxj.linux.Open;
import io.lxj.linux.RootDir;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Files and trees on their way into a root, out of it, and to and from archives. Either side may be changed by somebody
 * hostile meanwhile; nothing is read or written outside of the root and of the place on the host that was named.
 * Stateless and thread-safe.
 */
public final class TreeTransfer {
    private static final Checkpoint INTERRUPT = () -> {
        if (Thread.currentThread().isInterrupted()) {
            throw new InterruptedIOException("interrupted");
        }
    };

    private final RootDir root;
    private final OwnerMap owners;
    private final Checkpoint checkpoint;

    /**
     * Transfers from and to a root.
     *
     * @param root the root; stays the caller's
     * @param owners how the owners of its files look from here
     * @param checkpoint says, again and again, whether to go on
     */
    public TreeTransfer(RootDir root, OwnerMap owners, Checkpoint checkpoint) {
        this.root = root;
        this.owners = owners;
        this.checkpoint = () -> {
            INTERRUPT.check();
            checkpoint.check();
        };
    }

    /**
     * Words what went wrong with a transfer.
     *
     * @param action what was being done to what
     * @param cause what went wrong
     * @return the exception for the caller
     */
    public static LxjException failure(String action, IOException cause) {
        boolean interrupted = cause instanceof LinuxException call
                && call.is(Errno.EINTR)
                && Thread.currentThread().isInterrupted();
        if (interrupted || cause instanceof InterruptedIOException) {
            return new CanceledException(action, cause);
        }
        if (cause instanceof ArchiveException problem && problem.getCause() instanceof LinuxException call) {
            String place = problem.entry().map(FileName::quote).orElse("the archive");
            return new LxjException(Failures.of(action, call).at(place), cause);
        }
        return cause instanceof ArchiveException problem
                ? new LxjException(Failure.of(action, problem.getMessage()), cause)
                : Failures.inFiles(action, cause);
    }

    /**
     * Copies a file or tree of the host into a root. Folders that are missing above it are made. A tree is merged with
     * what is there; owners, modes, times and attributes become those of the host's files.
     *
     * @param host a file or folder; a link in its place is followed, others are copied as links
     * @param path where it goes
     * @return what could not be kept, as sentences
     * @throws IOException if that fails; what was copied by then stays
     */
    public List<String> push(Path host, String path) throws IOException {
        return push(host, path, owners::outside);
    }

    /**
     * The same with root as the owner of everything.
     *
     * @param host a file or folder; a link in its place is followed, others are copied as links
     * @param root the root
     * @param path where it goes
     * @return what could not be kept, as sentences
     * @throws IOException if that fails; what was copied by then stays
     */
    public static List<String> add(Path host, RootDir root, String path) throws IOException {
        return new TreeTransfer(root, OwnerMap.SAME, INTERRUPT).push(host, path, EntryRules::ownedByRoot);
    }

    private List<String> push(Path host, String path, EntryRules rules) throws IOException {
        TreePath target = TreePath.of(path);
        try (Fd source = Fd.open(host, Open.O_PATH, 0)) {
            if (source.stat().isDirectory()) {
                EntryRules below = EntryRules.below(target.bytes());
                try (TreeReader reader = new TreeReader(source, false)) {
                    return write(
                            reader,
                            entry -> rules.apply(below.apply(entry)),
                            root,
                            DirectoryStack.Root.LIVE,
                            OwnerMap.SAME,
                            checkpoint);
                }
            }
            String folder = target.toString().substring(0, target.toString().lastIndexOf('/') + 1);
            new TreeFiles(root).mkdirs(folder, 0755);
            if (target.isRoot()) {
                throw LinuxException.of(-Errno.EISDIR.number(), "openat2", "/", "O_WRONLY");
            }
            try (AtomicFile copy = AtomicFile.begin(root, target.bytes())) {
                return copy(source, copy, rules, false);
            }
        }
    }

    /**
     * Copies a file or tree out of a root to the host. A tree is merged with what is there. Owners, modes and times are
     * kept; what would give a container power over the host is not: device nodes are left out, set-user-ID and
     * set-group-ID bits, file capabilities and the like are taken from files.
     *
     * @param path a file or folder; links in its place are followed within the root
     * @param host where it goes; its folder must exist
     * @return what could not be kept, as sentences
     * @throws IOException if that fails; what was copied by then stays
     */
    public List<String> pull(String path, Path host) throws IOException {
        byte[] from = TreePath.of(path).bytes();
        Path absolute = host.toAbsolutePath();
        EntryRules rules = entry -> EntryRules.harmless(owners.inside(entry));
        try (Fd source = root.open(from, Open.O_PATH, 0)) {
            if (source.stat().isDirectory()) {
                try (TreeReader reader = new TreeReader(source, true);
                        RootDir target = folder(absolute)) {
                    return write(reader, rules, target, DirectoryStack.Root.LIVE, OwnerMap.SAME, checkpoint);
                }
            }
            if (absolute.getParent() == null) {
                throw LinuxException.of(-Errno.EISDIR.number(), "openat2", absolute, "O_WRONLY")
                        .withHint("a file goes to a file: name it");
            }
            try (RootDir parent = RootDir.open(absolute.getParent());
                    AtomicFile copy = AtomicFile.begin(parent, lastName(absolute))) {
                return copy(source, copy, rules, true);
            }
        }
    }

    private static byte[] lastName(Path host) {
        byte[] all = FileName.bytes(host);
        int start = all.length;
        while (all[start - 1] != '/') {
            start--;
        }
        return Arrays.copyOfRange(all, start, all.length);
    }

    private static RootDir folder(Path host) throws LinuxException {
        try {
            return RootDir.open(host);
        } catch (LinuxException e) {
            if (!e.is(Errno.ENOENT)) {
                throw e;
            }
        }
        try (Directory parent = new Directory(Fd.open(host.getParent(), Open.O_PATH | Open.O_DIRECTORY, 0))) {
            parent.mkdir(lastName(host), 0700);
        }
        return RootDir.open(host);
    }

    private List<String> copy(Fd source, AtomicFile target, EntryRules rules, boolean foreign) throws IOException {
        ImportWarnings warnings = new ImportWarnings();
        Credentials credentials = Credentials.of(target.file());
        FileMetadata metadata = new FileMetadata(
                credentials,
                warnings,
                new LateAcls(warnings, ImportLimits.defaults().pathDepth(), OwnerMap.SAME));
        try (TreeReader reader = TreeReader.ofFile(source, FileName.bytes("."), foreign)) {
            TarEntry entry = rules.apply(reader.next());
            if (entry.sparse().isPresent()) {
                FileContent.write(reader, entry, target.file(), checkpoint);
            } else {
                copyContent(source, target.file(), entry.size());
            }
            target.mode(entry.mode());
            if (metadata.givesOwner(entry)) {
                target.owner(entry.uid(), entry.gid());
            } else {
                target.owner(credentials.uid(), credentials.gid());
            }
            target.commit(file -> metadata.finish(file, entry));
        }
        return warnings.list();
    }

    /** Copies no more than a file had: it may grow as fast as it is read, and some of the kernel's end before their size. */
    private void copyContent(Fd source, Fd target, long size) throws IOException {
        try (Fd file = source.reopen(Open.O_RDONLY | Open.O_NONBLOCK | Open.O_NOCTTY)) {
            Block block = Block.allocate(256 * 1024);
            int n;
            for (long left = size; left > 0; left -= n) {
                checkpoint.check();
                n = file.read(block, 0, (int) Math.min(left, block.length()));
                if (n == 0) {
                    break;
                }
                target.write(block, 0, n);
            }
        }
    }

    /**
     * Unpacks a tar archive, compressed or not, below a folder of a root.
     *
     * @param archive the archive; read to its end and left open
     * @param path the folder; it is made if it is missing
     * @return what could not be kept, as sentences
     * @throws IOException if that fails; what was unpacked by then stays
     */
    public List<String> unpack(InputStream archive, String path) throws IOException {
        TreePath target = TreePath.of(path);
        ImportLimits limits = ImportLimits.defaults();
        try (ArchiveInput input = ArchiveInput.of(archive, limits.totalBytes());
                UncompressedArchive content = UncompressedArchive.open(input, false)) {
            TarReader reader = new TarReader(new ChunkReader(content.content(), limits.totalBytes()), limits);
            new TreeFiles(root).mkdirs(target.toString(), 0755);
            EntryRules below = EntryRules.below(target.bytes());
            EntryRules rules = entry -> owners.outside(below.apply(entry));
            List<String> all =
                    new ArrayList<>(write(reader, rules, root, DirectoryStack.Root.LIVE, owners, checkpoint));
            all.addAll(reader.warnings());
            return all;
        }
    }

    /**
     * Packs a file or tree as an uncompressed tar archive.
     *
     * @param path a file, or a folder, whose content then is the archive's; links in its place are followed
     * @param archive where it goes; flushed and left open
     * @throws IOException if that fails
     */
    public void pack(String path, OutputStream archive) throws IOException {
        byte[] from = TreePath.of(path).bytes();
        TarWriter writer = new TarWriter(archive);
        try (Fd source = root.open(from, Open.O_PATH, 0)) {
            if (source.stat().isDirectory()) {
                try (TreeReader reader = new TreeReader(source, true)) {
                    pack(reader, writer);
                }
            } else {
                String text = FileName.string(from);
                try (TreeReader reader =
                        TreeReader.ofFile(source, FileName.bytes(text.substring(text.lastIndexOf('/') + 1)), true)) {
                    pack(reader, writer);
                }
            }
        }
        writer.finish();
    }

    private void pack(TreeReader reader, TarWriter writer) throws IOException {
        for (TarEntry entry = reader.next(); entry != null; entry = reader.next()) {
            checkpoint.check();
            writer.write(owners.inside(entry), reader);
        }
    }

    /**
     * Copies a whole tree into an empty folder, with everything that it has.
     *
     * @param from the root of the tree
     * @param to the folder
     * @return what could not be kept, as sentences
     * @throws IOException if that fails
     */
    public static List<String> copy(RootDir from, RootDir to) throws IOException {
        try (TreeReader reader = new TreeReader(from.fd(), false)) {
            return write(reader, entry -> entry, to, DirectoryStack.Root.EMPTY, OwnerMap.SAME, INTERRUPT);
        }
    }

    private static List<String> write(
            EntrySource source,
            EntryRules rules,
            RootDir root,
            DirectoryStack.Root kind,
            OwnerMap owners,
            Checkpoint checkpoint)
            throws IOException {
        ImportWarnings warnings = new ImportWarnings();
        try (TreeWriter writer = new TreeWriter(
                root, kind, owners, Credentials.of(root.fd()), ImportLimits.defaults(), warnings, checkpoint)) {
            for (TarEntry entry = source.next(); entry != null; entry = source.next()) {
                checkpoint.check();
                TarEntry ruled = rules.apply(entry);
                if (ruled != null) {
                    writer.write(ruled, source);
                }
            }
            writer.finish();
        }
        return warnings.list();
    }
}

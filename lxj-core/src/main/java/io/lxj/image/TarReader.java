package io.lxj.image;

import io.lxj.config.ImportLimits;
import io.lxj.linux.FileName;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads a tar archive of any dialect: V7, ustar and pax (POSIX.1), GNU tar's old and new formats, star. It is our own
 * because names and extended attributes are bytes, see {@link PaxRecords}, and because every number in an archive is
 * checked against limits before it costs memory. Used by one thread.
 *
 * <p>Where dialects contradict each other it reads as GNU tar does: a hard link has no content, whatever its size says;
 * the content of directories and devices is left out; a file whose name ends in a slash is a directory.
 */
final class TarReader implements EntrySource {
    private final ChunkReader in;
    private final ImportLimits limits;
    private final SparseReader sparseReader;
    private final byte[] block = new byte[TarHeader.SIZE];
    private final List<String> warnings = new ArrayList<>();
    private PaxRecords global;
    private long entries;
    // Content of the current entry that wasn't taken yet, and what fills up its last block.
    private long rest;
    private long padding;
    private boolean ended;

    TarReader(ChunkReader in, ImportLimits limits) {
        this.in = in;
        this.limits = limits;
        this.sparseReader = new SparseReader(in, limits);
        this.global = new PaxRecords(headerBytes(limits));
    }

    // It is held in memory, in one array at worst.
    private static int headerBytes(ImportLimits limits) {
        return (int) Math.min(limits.headerBytes().bytes(), Integer.MAX_VALUE - TarHeader.SIZE);
    }

    /** What was odd, but didn't keep the archive from being read. */
    List<String> warnings() {
        return warnings;
    }

    /** How many entries were read so far. */
    long entries() {
        return entries;
    }

    @Override
    public TarEntry next() throws IOException {
        if (ended) {
            return null;
        }
        in.skip(rest);
        in.skip(padding);
        rest = 0;
        padding = 0;
        EntryHeaders headers = new EntryHeaders(global, limits);
        long start = in.position();
        boolean extended = false;
        long extensionBytes = 0;
        while (true) {
            long offset = in.position();
            TarHeader header = readHeader();
            if (header == null) {
                if (extended) {
                    throw new ArchiveException("the archive ends after an extended header at byte " + start);
                }
                return null;
            }
            if (!isExtension(header)) {
                return entry(header, headers, start);
            }
            byte[] content = readExtension(header, offset);
            extensionBytes += content.length + TarHeader.SIZE;
            if (extensionBytes > headerBytes(limits)) {
                throw tooMuchHeader(offset);
            }
            if (header.type() == 'g') {
                addGlobal(content, offset);
                headers = new EntryHeaders(global, limits);
            } else {
                extended |= header.type() != 'V';
                addExtension(header, content, headers, offset);
            }
        }
    }

    private ArchiveException tooMuchHeader(long offset) {
        return ArchiveException.beyond(
                "headerBytes",
                "the extended headers at byte " + offset + " have more than the limit of " + limits.headerBytes());
    }

    /** The next block as header; null at the end of the archive. */
    private TarHeader readHeader() throws IOException {
        long offset = in.position();
        if (!in.readBlock(block)) {
            throw new ArchiveException(
                    offset == 0 ? "the archive is empty" : "the archive is cut off: its end is not marked");
        }
        if (TarHeader.isZero(block)) {
            finish(offset);
            return null;
        }
        if (!TarHeader.checksumMatches(block)) {
            throw new ArchiveException("the header at byte " + offset
                    + " of the uncompressed archive is damaged: its checksum doesn't match");
        }
        return new TarHeader(block);
    }

    private void finish(long offset) throws IOException {
        ended = true;
        if (in.readBlock(block) && !TarHeader.isZero(block)) {
            throw new ArchiveException("a single block of zeros at byte " + offset
                    + " of the uncompressed archive is followed by something else: the archive is damaged");
        }
        if (in.drain()) {
            warnings.add("what follows the end of the archive was ignored");
        }
    }

    private static boolean isExtension(TarHeader header) {
        return switch (header.type()) {
            case 'x', 'X', 'g', 'L', 'K', 'V' -> true;
            default -> false;
        };
    }

    private byte[] readExtension(TarHeader header, long offset) throws IOException {
        long size = header.size().orElse(-1);
        if (size < 0) {
            throw new ArchiveException("the size of the extended header at byte " + offset + " is malformed");
        }
        if (header.type() == 'V') {
            // A volume's label has no content; GNU tar lists it and extracts nothing.
            return new byte[0];
        }
        if (size > headerBytes(limits)) {
            throw tooMuchHeader(offset);
        }
        byte[] content = new byte[(int) size];
        in.readFully(content);
        in.skip(padding(size));
        return content;
    }

    private void addGlobal(byte[] content, long offset) throws ArchiveException {
        try {
            SparseMap.Builder none = new SparseMap.Builder(1);
            global = global.copy();
            global.add(content, none);
            if (none.count() > 0) {
                throw new ArchiveException("a global header describes a sparse file");
            }
        } catch (ArchiveException e) {
            throw at(e, offset);
        }
    }

    private static void addExtension(TarHeader header, byte[] content, EntryHeaders headers, long offset)
            throws ArchiveException {
        switch (header.type()) {
            case 'L' -> headers.setLongName(content);
            case 'K' -> headers.setLongLink(content);
            case 'V' -> {}
            default -> {
                try {
                    headers.addPax(content);
                } catch (ArchiveException e) {
                    throw at(e, offset);
                }
            }
        }
    }

    private static ArchiveException at(ArchiveException e, long offset) {
        return new ArchiveException(e.problem() + " (the header is at byte " + offset + ")", e);
    }

    private static long padding(long size) {
        return -size & (TarHeader.SIZE - 1);
    }

    private TarEntry entry(TarHeader header, EntryHeaders headers, long start) throws IOException {
        byte[] name = headers.name(header);
        if (++entries > limits.entries()) {
            throw ArchiveException.beyond(
                    "entries", "the archive has more entries than the limit of " + limits.entries());
        }
        try {
            TarEntry entry = build(header, headers, name, start);
            rest = entry.type() == TarEntry.Type.FILE ? entry.stored() : skippedContent(header, headers, entry.type());
            padding = padding(rest);
            return entry;
        } catch (ArchiveException e) {
            throw e.entry().isPresent() ? e : ArchiveException.ofEntry(name, start, e.problem(), e);
        }
    }

    private static long skippedContent(TarHeader header, EntryHeaders headers, TarEntry.Type type)
            throws ArchiveException {
        return type == TarEntry.Type.HARD_LINK ? 0 : headers.stored(header);
    }

    private TarEntry build(TarHeader header, EntryHeaders headers, byte[] name, long start) throws IOException {
        TarEntry.Type type = type(header, name);
        checkName(name, "name");
        boolean isLink = type == TarEntry.Type.HARD_LINK || type == TarEntry.Type.SYMBOLIC_LINK;
        byte[] linkName = isLink ? headers.linkName(header) : new byte[0];
        if (isLink) {
            checkName(linkName, "link target");
        }
        boolean isDevice = type == TarEntry.Type.CHARACTER_DEVICE || type == TarEntry.Type.BLOCK_DEVICE;
        PaxTime mtime = headers.mtime(header);
        Optional<SparseReader.Sparse> sparse = sparse(type, header, headers);
        long stored = type == TarEntry.Type.FILE ? headers.stored(header) : 0;
        if (stored > limits.fileBytes().bytes()) {
            throw ArchiveException.beyond(
                    "fileBytes", "its size of " + stored + " bytes is more than the limit of " + limits.fileBytes());
        }
        return new TarEntry(
                type,
                name,
                linkName,
                headers.mode(header),
                headers.uid(header),
                headers.gid(header),
                sparse.map(SparseReader.Sparse::size).orElse(stored),
                mtime.seconds(),
                mtime.nanos(),
                isDevice ? headers.deviceMajor(header) : 0,
                isDevice ? headers.deviceMinor(header) : 0,
                headers.attributes(),
                headers.acls(),
                sparse.map(SparseReader.Sparse::map),
                sparse.map(SparseReader.Sparse::stored).orElse(stored),
                start);
    }

    private void checkName(byte[] name, String what) throws ArchiveException {
        if (name.length == 0) {
            throw new ArchiveException("its " + what + " is empty");
        }
        if (name.length > limits.pathBytes()) {
            throw ArchiveException.beyond(
                    "pathBytes",
                    "its " + what + " has " + name.length + " bytes, more than the limit of " + limits.pathBytes());
        }
        for (byte b : name) {
            if (b == 0) {
                throw new ArchiveException("its " + what + " contains a NUL");
            }
        }
    }

    private Optional<SparseReader.Sparse> sparse(TarEntry.Type type, TarHeader header, EntryHeaders headers)
            throws IOException {
        if (type != TarEntry.Type.FILE) {
            return Optional.empty();
        }
        if (header.type() == 'S') {
            return Optional.of(sparseReader.readHeader(header, headers));
        }
        if (SparseReader.isSparse(headers.records(), headers.sparse())) {
            return Optional.of(sparseReader.readPax(header, headers));
        }
        return Optional.empty();
    }

    private static TarEntry.Type type(TarHeader header, byte[] name) throws ArchiveException {
        char type = header.type();
        switch (type) {
            case 0, '0', '7':
                boolean slash = name.length > 0 && name[name.length - 1] == '/';
                return slash ? TarEntry.Type.DIRECTORY : TarEntry.Type.FILE;
            case 'S':
                return TarEntry.Type.FILE;
            case '1':
                return TarEntry.Type.HARD_LINK;
            case '2':
                return TarEntry.Type.SYMBOLIC_LINK;
            case '3':
                return TarEntry.Type.CHARACTER_DEVICE;
            case '4':
                return TarEntry.Type.BLOCK_DEVICE;
            // D is a directory of an incremental archive; its content is a list of names.
            case '5', 'D':
                return TarEntry.Type.DIRECTORY;
            case '6':
                return TarEntry.Type.FIFO;
            case 'M':
                throw new ArchiveException(
                        "it continues a file of another volume; multi-volume archives can't be imported");
            default:
                throw new ArchiveException("it is of the unknown type " + FileName.quote(new byte[] {(byte) type}));
        }
    }

    @Override
    public void content(ContentSink sink) throws IOException {
        long length = rest;
        rest = 0;
        try {
            in.transfer(length, sink);
        } catch (IOException e) {
            // The reader is in the middle of the content now, and nothing sensible can be read from here on.
            ended = true;
            throw e;
        }
    }
}

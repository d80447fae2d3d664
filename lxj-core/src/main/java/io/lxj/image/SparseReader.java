package io.lxj.image;

import io.lxj.config.ImportLimits;
import java.io.IOException;

/**
 * Finds the map of a sparse file, which five formats keep in five places: GNU tar's old one in the header and in blocks
 * behind it, star's likewise at other offsets, GNU's pax formats 0.0 and 0.1 in records, 1.0 before the content.
 */
final class SparseReader {
    private static final int NUMBER = 12;
    private static final int PIECE = 2 * NUMBER;
    private static final int PIECES_IN_EXTENSION = 21;
    private static final int MORE_IN_EXTENSION = 504;
    private static final int MAX_DIGITS = 19;

    /**
     * What was found.
     *
     * @param map where the content belongs
     * @param size of the file with its holes
     * @param stored how many bytes of content follow in the archive
     */
    record Sparse(SparseMap map, long size, long stored) {}

    /** Where a header has the map: offsets of the pieces, of the flag that blocks follow, and of the real size. */
    private record Layout(int pieces, int count, int more, int realSize) {}

    private static final Layout GNU = new Layout(386, 4, 482, 483);
    private static final Layout STAR = new Layout(356, 4, 355, 452);

    private final ChunkReader in;
    private final ImportLimits limits;

    SparseReader(ChunkReader in, ImportLimits limits) {
        this.in = in;
        this.limits = limits;
    }

    /** The map of an entry of type {@code S}. */
    Sparse readHeader(TarHeader header, EntryHeaders headers) throws IOException {
        Layout layout = header.dialect() == TarHeader.Dialect.STAR ? STAR : GNU;
        SparseMap.Builder map = new SparseMap.Builder(limits.sparsePieces());
        for (int i = 0; i < layout.count; i++) {
            addPiece(map, header, layout.pieces + i * PIECE);
        }
        boolean more = header.at(layout.more) != 0 && header.at(layout.more) != '0';
        byte[] block = new byte[TarHeader.SIZE];
        while (more) {
            in.readFully(block);
            TarHeader extension = new TarHeader(block);
            for (int i = 0; i < PIECES_IN_EXTENSION; i++) {
                addPiece(map, extension, i * PIECE);
            }
            more = block[MORE_IN_EXTENSION] != 0 && block[MORE_IN_EXTENSION] != '0';
        }
        long size = header.number(layout.realSize, NUMBER)
                .orElseThrow(() -> new ArchiveException("the real size of a sparse file is malformed"));
        long stored = headers.stored(header);
        return sparse(map, size, stored);
    }

    private static void addPiece(SparseMap.Builder map, TarHeader block, int offset) throws ArchiveException {
        // An unused place is all zeros; a piece of length 0 at the end of the file is not.
        if (block.at(offset + NUMBER) == 0 && block.at(offset) == 0) {
            return;
        }
        for (int field = 0; field < 2; field++) {
            map.number(block.number(offset + field * NUMBER, NUMBER)
                    .orElseThrow(() -> new ArchiveException("the map of a sparse file is malformed")));
        }
    }

    /** Whether pax records say that the entry is sparse. */
    static boolean isSparse(PaxRecords records, SparseMap.Builder numbers) {
        return records.bytes("GNU.sparse.major").isPresent()
                || records.bytes("GNU.sparse.map").isPresent()
                || records.bytes("GNU.sparse.size").isPresent()
                || numbers.count() > 0;
    }

    /** The map of an entry with the records of GNU tar's pax formats. */
    Sparse readPax(TarHeader header, EntryHeaders headers) throws IOException {
        PaxRecords records = headers.records();
        long stored = headers.stored(header);
        if (records.bytes("GNU.sparse.major").isPresent()) {
            return readVersion1(records, stored);
        }
        long size = records.number("GNU.sparse.size")
                .orElseThrow(() -> new ArchiveException("the real size of a sparse file is missing"));
        SparseMap.Builder map = headers.sparse();
        if (records.text("GNU.sparse.map").isPresent()) {
            map = new SparseMap.Builder(limits.sparsePieces());
            addNumbers(map, records.text("GNU.sparse.map").get());
        }
        return sparse(map, size, stored);
    }

    private static void addNumbers(SparseMap.Builder map, String text) throws ArchiveException {
        int at = 0;
        while (at < text.length()) {
            int comma = text.indexOf(',', at);
            int end = comma < 0 ? text.length() : comma;
            map.number(number(text.substring(at, end)));
            at = end + 1;
        }
    }

    private Sparse readVersion1(PaxRecords records, long stored) throws IOException {
        long major = records.number("GNU.sparse.major").orElse(0);
        long minor = records.number("GNU.sparse.minor").orElse(0);
        if (major != 1 || minor != 0) {
            throw new ArchiveException("the sparse format " + major + "." + minor + " is not known");
        }
        long size = records.number("GNU.sparse.realsize")
                .orElseThrow(() -> new ArchiveException("the real size of a sparse file is missing"));
        long start = in.position();
        SparseMap.Builder map = new SparseMap.Builder(limits.sparsePieces());
        BlockNumbers numbers = new BlockNumbers(stored);
        long count = numbers.next();
        if (count > limits.sparsePieces()) {
            throw SparseMap.tooManyPieces(limits.sparsePieces());
        }
        for (long i = 0; i < 2 * count; i++) {
            map.number(numbers.next());
        }
        return sparse(map, size, stored - (in.position() - start));
    }

    private Sparse sparse(SparseMap.Builder map, long size, long stored) throws ArchiveException {
        if (size < 0 || size > limits.sparseBytes().bytes()) {
            throw ArchiveException.beyond(
                    "sparseBytes",
                    "a sparse file is " + size + " bytes long, more than the limit of " + limits.sparseBytes());
        }
        return new Sparse(map.build(size, stored), size, stored);
    }

    /** The decimal numbers, a line each, that fill whole blocks before the content. */
    private final class BlockNumbers {
        private final byte[] block = new byte[TarHeader.SIZE];
        private int at = TarHeader.SIZE;
        private long rest;

        BlockNumbers(long stored) {
            rest = stored;
        }

        long next() throws IOException {
            StringBuilder digits = new StringBuilder();
            int c;
            while ((c = nextByte()) != '\n') {
                if (digits.length() > MAX_DIGITS) {
                    throw new ArchiveException("the map of a sparse file is malformed");
                }
                digits.append((char) c);
            }
            return number(digits.toString());
        }

        private int nextByte() throws IOException {
            if (at == TarHeader.SIZE) {
                if (rest < TarHeader.SIZE) {
                    throw new ArchiveException("the map of a sparse file is longer than its content");
                }
                in.readFully(block);
                rest -= TarHeader.SIZE;
                at = 0;
            }
            return block[at++] & 0xFF;
        }
    }

    private static long number(String digits) throws ArchiveException {
        try {
            return Long.parseLong(digits);
        } catch (NumberFormatException e) {
            throw new ArchiveException("the map of a sparse file is malformed", e);
        }
    }
}

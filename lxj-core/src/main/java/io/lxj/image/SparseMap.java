package io.lxj.image;

import java.util.Arrays;

/** Where the stored content of a sparse file belongs: pieces in ascending order, with holes between them. */
final class SparseMap {
    /** Collects pieces and checks each. */
    static final class Builder {
        private final long maxPieces;
        private long[] numbers = new long[8];
        private int count;

        Builder(long maxPieces) {
            this.maxPieces = maxPieces;
        }

        /** Adds an offset and then, by another call, the length of the piece there. */
        void number(long value) throws ArchiveException {
            if (value < 0) {
                throw new ArchiveException("the map of a sparse file has a negative number");
            }
            if (count / 2 >= maxPieces) {
                throw tooManyPieces(maxPieces);
            }
            if (count == numbers.length) {
                numbers = Arrays.copyOf(numbers, count * 2);
            }
            numbers[count++] = value;
        }

        /** How many numbers there are so far. */
        int count() {
            return count;
        }

        /**
         * The finished map.
         *
         * @param size the length of the file with its holes
         * @param stored how many bytes the archive has of it
         */
        SparseMap build(long size, long stored) throws ArchiveException {
            if (count % 2 != 0) {
                throw new ArchiveException("the map of a sparse file ends in the middle of a piece");
            }
            long end = 0;
            long sum = 0;
            int kept = 0;
            for (int i = 0; i < count; i += 2) {
                long offset = numbers[i];
                long length = numbers[i + 1];
                if (offset < end || length > size || offset > size - length) {
                    throw new ArchiveException("the map of a sparse file has pieces that overlap or lie outside of it");
                }
                // GNU tar begins each piece in a block of its own, others don't: both agree only on whole blocks.
                if (length > 0 && sum % TarHeader.SIZE != 0) {
                    throw new ArchiveException("the map of a sparse file has a piece that doesn't fill its last block");
                }
                end = offset + length;
                sum += length;
                if (length > 0) {
                    numbers[kept++] = offset;
                    numbers[kept++] = length;
                }
            }
            if (sum != stored) {
                throw new ArchiveException("the map of a sparse file describes " + sum + " bytes, but the archive has "
                        + stored + " of them");
            }
            return new SparseMap(Arrays.copyOf(numbers, kept));
        }
    }

    static ArchiveException tooManyPieces(long limit) {
        return ArchiveException.beyond(
                "sparsePieces", "the map of a sparse file has more than the limit of " + limit + " pieces");
    }

    private final long[] numbers;

    private SparseMap(long[] numbers) {
        this.numbers = numbers;
    }

    /** How many pieces there are. */
    int pieces() {
        return numbers.length / 2;
    }

    /** Where a piece begins in the file. */
    long offset(int piece) {
        return numbers[2 * piece];
    }

    /** How long a piece is. */
    long length(int piece) {
        return numbers[2 * piece + 1];
    }
}

package io.lxj.image;

import io.lxj.config.ArchiveFormat;
import java.io.IOException;

/**
 * An archive as it comes out of its decompression. Up to three threads work on it: one reads and digests, one
 * decompresses, and the caller's takes the result. Used by one thread.
 */
final class UncompressedArchive implements AutoCloseable {
    /** As much as bzip2 has one checksum for. */
    private static final int LARGEST_BLOCK = 900_000;

    private final ArchiveFormat format;
    private final ChunkSource content;

    private UncompressedArchive(ArchiveFormat format, ChunkSource content) {
        this.format = format;
        this.content = content;
    }

    /**
     * Recognises the format and begins to decompress.
     *
     * @param input the compressed bytes; closed with this, or by a failure
     * @param isFile whether the input is a file, which never keeps a reader waiting for long
     * @throws ArchiveException if it isn't a tar archive, compressed or not
     */
    @SuppressWarnings("resource")
    static UncompressedArchive open(ArchiveInput input, boolean isFile) throws IOException {
        Stage reading = isFile ? Stage.start("read", input) : Stage.startUnbounded("read", input);
        ChunkSource opened = reading;
        try {
            PeekedChunks compressed = new PeekedChunks(reading);
            ArchiveFormat format = FormatDetector.detect(compressed.head());
            if (format == ArchiveFormat.TAR) {
                return new UncompressedArchive(format, compressed);
            }
            opened = decode(format, compressed);
            PeekedChunks content = new PeekedChunks(opened);
            requireTar(content, format);
            return new UncompressedArchive(format, content);
        } catch (IOException | RuntimeException | Error e) {
            opened.close();
            throw e;
        }
    }

    /**
     * Decoders give out what they made of damaged data and find only later that the checksum is wrong. Then that is to be
     * told, and not what the damaged data looks like.
     */
    private static void requireTar(PeekedChunks content, ArchiveFormat format) throws IOException {
        try {
            FormatDetector.requireTar(content.head(), format);
        } catch (ArchiveException e) {
            long read = 0;
            for (ChunkSource.Chunk chunk = content.next();
                    chunk != null && read < LARGEST_BLOCK;
                    chunk = content.next()) {
                read += chunk.length();
            }
            throw e;
        }
    }

    @SuppressWarnings("resource")
    private static ChunkSource decode(ArchiveFormat format, ChunkSource compressed) {
        CompressedBytes bytes = new CompressedBytes(compressed);
        ByteSource decoder =
                switch (format) {
                    case TAR_GZIP -> new GzipDecoder(bytes);
                    case TAR_ZSTD -> new ZstdDecoder(bytes);
                    case TAR_XZ -> StreamDecoder.xz(bytes);
                    case TAR_BZIP2 -> StreamDecoder.bzip2(bytes);
                    case TAR -> throw new IllegalArgumentException("not compressed");
                };
        return Stage.start("decompress", decoder);
    }

    /** How the archive was compressed. */
    ArchiveFormat format() {
        return format;
    }

    /** The uncompressed bytes. */
    ChunkSource content() {
        return content;
    }

    @Override
    public void close() throws IOException {
        content.close();
    }
}

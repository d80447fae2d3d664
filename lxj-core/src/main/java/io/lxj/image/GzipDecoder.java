package io.lxj.image;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * Decompresses gzip, RFC 1952, any number of members in a row. The JDK's own GZIPInputStream is not used: it asks its
 * input's {@code available()} whether another member follows, and so takes a short read for the end of the file.
 */
final class GzipDecoder implements ByteSource {
    private static final int HEADER_CRC = 2;
    private static final int EXTRA = 4;
    private static final int NAME = 8;
    private static final int COMMENT = 16;
    private static final int RESERVED = 0xE0;

    private final CompressedBytes in;
    private final Inflater inflater = new Inflater(true);
    private final CRC32 crc = new CRC32();
    private boolean inMember;
    private boolean any;

    GzipDecoder(CompressedBytes in) {
        this.in = in;
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
        int start = into.position();
        while (into.position() == start) {
            if (!inMember && !beginMember()) {
                return -1;
            }
            inflate(into);
        }
        return into.position() - start;
    }

    private void inflate(ByteBuffer into) throws IOException {
        int start = into.position();
        if (inflater.needsInput()) {
            ByteBuffer bytes = in.buffer();
            if (bytes == null) {
                throw truncated();
            }
            inflater.setInput(bytes);
        }
        try {
            inflater.inflate(into);
        } catch (DataFormatException e) {
            throw new ArchiveException("the gzip data is corrupt at byte " + in.offset() + ": " + e.getMessage(), e);
        }
        crc.update(into.duplicate().position(start).limit(into.position()));
        if (inflater.needsDictionary()) {
            throw corrupt("it asks for a preset dictionary");
        }
        if (inflater.finished()) {
            endMember();
        }
    }

    /** Reads a member's header; false at the end of the archive. */
    private boolean beginMember() throws IOException {
        int first = in.read();
        if (any && first == 0) {
            skipZeros();
            return false;
        }
        if (first < 0 && any) {
            return false;
        }
        if (first != 0x1F || byteOrTruncated() != 0x8B) {
            throw new ArchiveException((any ? "something that isn't gzip follows the gzip data" : "no gzip data")
                    + " at byte " + (in.offset() - 1));
        }
        if (byteOrTruncated() != 8) {
            throw corrupt("the compression method isn't deflate");
        }
        int flags = byteOrTruncated();
        if ((flags & RESERVED) != 0) {
            throw corrupt("reserved header flags are set");
        }
        skip(6);
        if ((flags & EXTRA) != 0) {
            skip(shortValue());
        }
        if ((flags & NAME) != 0) {
            skipString();
        }
        if ((flags & COMMENT) != 0) {
            skipString();
        }
        if ((flags & HEADER_CRC) != 0) {
            skip(2);
        }
        any = true;
        inMember = true;
        inflater.reset();
        crc.reset();
        return true;
    }

    private void endMember() throws IOException {
        inMember = false;
        long expected = shortValue() | ((long) shortValue() << 16);
        if (expected != crc.getValue()) {
            throw corrupt("the checksum of the content doesn't match");
        }
        long length = shortValue() | ((long) shortValue() << 16);
        if (length != (inflater.getBytesWritten() & 0xFFFFFFFFL)) {
            throw corrupt("the length of the content doesn't match");
        }
    }

    /** Tapes pad with zeros, and gzip(1) accepts that. */
    private void skipZeros() throws IOException {
        int b;
        do {
            b = in.read();
        } while (b == 0);
        if (b > 0) {
            throw new ArchiveException("something that isn't gzip follows the gzip data at byte " + (in.offset() - 1));
        }
    }

    private void skip(int n) throws IOException {
        for (int i = 0; i < n; i++) {
            byteOrTruncated();
        }
    }

    private void skipString() throws IOException {
        while (byteOrTruncated() != 0) {
            // The name and comment of the member mean nothing here.
        }
    }

    private int shortValue() throws IOException {
        int low = byteOrTruncated();
        return low | (byteOrTruncated() << 8);
    }

    private int byteOrTruncated() throws IOException {
        int b = in.read();
        if (b < 0) {
            throw truncated();
        }
        return b;
    }

    private ArchiveException truncated() {
        return new ArchiveException("the gzip data is cut off at byte " + in.offset());
    }

    private ArchiveException corrupt(String why) {
        return new ArchiveException("the gzip data is corrupt before byte " + in.offset() + ": " + why);
    }

    @Override
    public void close() throws IOException {
        inflater.end();
        in.close();
    }
}

package io.lxj.image;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import org.tukaani.xz.SingleXZInputStream;
import org.tukaani.xz.XZ;

/**
 * The header of an xz stream, see section 2.1.1 of <a href="https://tukaani.org/xz/xz-file-format.txt">the format</a>.
 *
 * @param bytes all of it
 * @param checkSize how many bytes of checksum each block has at its end
 */
record XzStreamHeader(byte[] bytes, int checkSize) {
    static final int SIZE = 12;

    private static final int FLAGS = 6;

    /** Checks a header. */
    static XzStreamHeader of(byte[] bytes) throws IOException {
        // It reads no more than the header before it is asked for content.
        int check = new SingleXZInputStream(new ByteArrayInputStream(bytes)).getCheckType();
        return new XzStreamHeader(bytes, checkSize(check));
    }

    private static int checkSize(int check) {
        return switch (check) {
            case XZ.CHECK_NONE -> 0;
            case XZ.CHECK_CRC32 -> 4;
            case XZ.CHECK_CRC64 -> 8;
            case XZ.CHECK_SHA256 -> 32;
            default -> throw new IllegalArgumentException("the library doesn't know check " + check);
        };
    }

    /** The two bytes that the footer has to repeat. */
    byte[] flags() {
        return new byte[] {bytes[FLAGS], bytes[FLAGS + 1]};
    }
}

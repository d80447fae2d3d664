package io.lxj.image;

import io.lxj.linux.FileName;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Writes a tar archive in the pax format with what GNU tar adds to it: extended attributes and access control lists as
 * star's records, sparse files in format 1.0, numbers that are too large for octal digits in base 256. Names are written
 * as the bytes that they are. Used by one thread.
 */
final class TarWriter {
    private static final int NAME = 100;
    private static final int LINK = 157;
    private static final int CHECKSUM = 148;

    private final OutputStream out;
    private final byte[] chunk = new byte[64 * 1024];

    /**
     * Begins an archive.
     *
     * @param out where it goes; stays the caller's
     */
    TarWriter(OutputStream out) {
        this.out = out;
    }

    /** Writes an entry with its content. */
    void write(TarEntry entry, EntrySource source) throws IOException {
        byte[] name = entry.name();
        if (entry.type() == TarEntry.Type.DIRECTORY) {
            name = Arrays.copyOf(name, name.length + 1);
            name[name.length - 1] = '/';
        }
        byte[] map = entry.sparse().map(sparse -> map(sparse, entry.size())).orElse(new byte[0]);
        byte[] records = records(entry, name);
        if (records.length > 0) {
            out.write(header(FileName.bytes("PaxHeaders/entry"), new byte[0], 0644, 'x', records.length, entry, false));
            out.write(records);
            pad(records.length);
        }
        long stored = entry.type() == TarEntry.Type.FILE ? map.length + entry.stored() : 0;
        out.write(header(name, entry.linkName(), entry.mode(), type(entry), stored, entry, true));
        out.write(map);
        if (entry.type() == TarEntry.Type.FILE) {
            source.content((memory, offset, length) -> {
                for (int done = 0; done < length; done += chunk.length) {
                    int n = Math.min(chunk.length, length - done);
                    memory.buffer().get(offset + done, chunk, 0, n);
                    out.write(chunk, 0, n);
                }
            });
        }
        pad(stored);
    }

    private static char type(TarEntry entry) {
        return switch (entry.type()) {
            case FILE -> '0';
            case HARD_LINK -> '1';
            case SYMBOLIC_LINK -> '2';
            case CHARACTER_DEVICE -> '3';
            case BLOCK_DEVICE -> '4';
            case DIRECTORY -> '5';
            case FIFO -> '6';
        };
    }

    private static byte[] header(
            byte[] name, byte[] link, int mode, char type, long size, TarEntry entry, boolean isEntry) {
        byte[] header = new byte[TarHeader.SIZE];
        System.arraycopy(name, 0, header, 0, Math.min(NAME, name.length));
        TarNumbers.format(header, 100, 8, mode);
        TarNumbers.format(header, 108, 8, Integer.toUnsignedLong(entry.uid()));
        TarNumbers.format(header, 116, 8, Integer.toUnsignedLong(entry.gid()));
        TarNumbers.format(header, 124, 12, size);
        TarNumbers.format(header, 136, 12, entry.mtimeSeconds());
        header[156] = (byte) type;
        System.arraycopy(link, 0, header, LINK, Math.min(NAME, link.length));
        System.arraycopy("ustar\00000".getBytes(StandardCharsets.US_ASCII), 0, header, 257, 8);
        TarNumbers.format(header, 329, 8, isEntry ? Integer.toUnsignedLong(entry.deviceMajor()) : 0);
        TarNumbers.format(header, 337, 8, isEntry ? Integer.toUnsignedLong(entry.deviceMinor()) : 0);
        Arrays.fill(header, CHECKSUM, CHECKSUM + 8, (byte) ' ');
        int sum = 0;
        for (byte b : header) {
            sum += b & 0xFF;
        }
        TarNumbers.format(header, CHECKSUM, 7, sum);
        return header;
    }

    /** What the header has no place for. */
    private static byte[] records(TarEntry entry, byte[] name) {
        ByteArrayOutputStream records = new ByteArrayOutputStream();
        if (name.length > NAME) {
            record(records, "path", name);
        }
        if (entry.linkName().length > NAME) {
            record(records, "linkpath", entry.linkName());
        }
        if (entry.mtimeNanos() != 0) {
            record(records, "mtime", text(PaxTime.format(entry.mtimeSeconds(), entry.mtimeNanos())));
        }
        if (entry.sparse().isPresent()) {
            record(records, "GNU.sparse.major", text("1"));
            record(records, "GNU.sparse.minor", text("0"));
            record(records, "GNU.sparse.name", name);
            record(records, "GNU.sparse.realsize", text(Long.toString(entry.size())));
        }
        for (TarEntry.Attribute attribute : entry.attributes()) {
            // A key can have neither of these two; GNU tar writes them so.
            String key = attribute.name().replace("%", "%25").replace("=", "%3D");
            record(records, EntryHeaders.STAR_ATTRIBUTE + key, attribute.value());
            acl(records, attribute);
        }
        return records.toByteArray();
    }

    /**
     * With --acls, GNU tar sets what these records say and nothing else; without it, it ignores them and sets the
     * attributes, if it is told to.
     */
    private static void acl(ByteArrayOutputStream records, TarEntry.Attribute attribute) {
        String key = EntryHeaders.ACLS.get(attribute.name());
        if (key != null) {
            PosixAcl.decode(attribute.value()).ifPresent(acl -> record(records, key, text(acl.text())));
        }
    }

    private static byte[] text(String ascii) {
        return ascii.getBytes(StandardCharsets.US_ASCII);
    }

    /** The length of a record counts its own digits. */
    private static void record(ByteArrayOutputStream records, String key, byte[] value) {
        byte[] keyBytes = FileName.bytes(key);
        int rest = keyBytes.length + value.length + 3;
        int length = rest + Integer.toString(rest).length();
        if (Integer.toString(length).length() > Integer.toString(rest).length()) {
            length++;
        }
        records.writeBytes(text(length + " "));
        records.writeBytes(keyBytes);
        records.write('=');
        records.writeBytes(value);
        records.write('\n');
    }

    /**
     * The map of a sparse file before its content: the number of pieces, then offset and length of each. A hole at the
     * end is told by a piece without length, because GNU tar takes the end of the last piece for that of the file.
     */
    private static byte[] map(SparseMap map, long size) {
        int last = map.pieces() - 1;
        boolean holeAtEnd = last < 0 || map.offset(last) + map.length(last) < size;
        StringBuilder text =
                new StringBuilder().append(map.pieces() + (holeAtEnd ? 1 : 0)).append('\n');
        for (int i = 0; i < map.pieces(); i++) {
            text.append(map.offset(i)).append('\n').append(map.length(i)).append('\n');
        }
        if (holeAtEnd) {
            text.append(size).append("\n0\n");
        }
        byte[] bytes = text(text.toString());
        return Arrays.copyOf(bytes, bytes.length + padding(bytes.length));
    }

    private static int padding(long length) {
        return (int) (-length & (TarHeader.SIZE - 1));
    }

    private void pad(long length) throws IOException {
        out.write(new byte[padding(length)]);
    }

    /** Ends the archive. */
    void finish() throws IOException {
        out.write(new byte[2 * TarHeader.SIZE]);
        out.flush();
    }
}

package io.lxj.image;

import io.lxj.linux.FileName;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Archives made by hand, with anything in them that a writer with bad intentions could put there. */
public final class TarBytes {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private byte[] next = ustar();
    private byte[] content = {};

    /** An archive without entries. */
    public TarBytes() {}

    private static byte[] ustar() {
        byte[] header = new byte[512];
        put(header, 100, "0000644");
        put(header, 108, "0000000");
        put(header, 116, "0000000");
        put(header, 124, "00000000000");
        put(header, 136, "14000000000");
        put(header, 257, "ustar\0" + "00");
        put(header, 329, "0000000");
        put(header, 337, "0000000");
        header[156] = '0';
        return header;
    }

    private static void put(byte[] header, int offset, String text) {
        // NUL is allowed here, and a character stands for a byte.
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        System.arraycopy(bytes, 0, header, offset, bytes.length);
    }

    TarBytes name(String name) {
        return name(FileName.bytes(name));
    }

    TarBytes name(byte[] name) {
        Arrays.fill(next, 0, 100, (byte) 0);
        System.arraycopy(name, 0, next, 0, name.length);
        return this;
    }

    TarBytes type(char type) {
        next[156] = (byte) type;
        return this;
    }

    TarBytes link(String target) {
        put(next, 157, target);
        return this;
    }

    TarBytes mode(int mode) {
        return field(100, String.format("%07o", mode));
    }

    TarBytes owner(int uid, int gid) {
        return field(108, String.format("%07o", uid)).field(116, String.format("%07o", gid));
    }

    TarBytes device(int major, int minor) {
        return field(329, String.format("%07o", major)).field(337, String.format("%07o", minor));
    }

    /** Puts text into the header. */
    TarBytes field(int offset, String text) {
        put(next, offset, text);
        return this;
    }

    /** Puts bytes into the header. */
    TarBytes bytes(int offset, int... values) {
        for (int i = 0; i < values.length; i++) {
            next[offset + i] = (byte) values[i];
        }
        return this;
    }

    TarBytes content(String text) {
        return content(text.getBytes(StandardCharsets.UTF_8));
    }

    TarBytes content(byte[] bytes) {
        content = bytes;
        return field(124, String.format("%011o", bytes.length));
    }

    /** Ends the header that the calls before describe. */
    TarBytes add() {
        TarHeader.seal(next);
        return addUnsealed();
    }

    /** As {@link #add}, with whatever checksum is there. */
    TarBytes addUnsealed() {
        out.writeBytes(next);
        raw(content);
        raw(new byte[-content.length & 511]);
        next = ustar();
        content = new byte[0];
        return this;
    }

    /** A file of root's with mode 0644. */
    public TarBytes file(String name, String text) {
        return name(name).content(text).add();
    }

    TarBytes directory(String name) {
        return name(name).type('5').mode(0755).add();
    }

    public TarBytes symlink(String name, String target) {
        return name(name).type('2').link(target).add();
    }

    TarBytes hardlink(String name, String target) {
        return name(name).type('1').link(target).add();
    }

    /** A pax header with records given as key and value in turn. */
    public TarBytes pax(String... records) {
        return pax('x', records);
    }

    TarBytes pax(char type, String... records) {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        for (int i = 0; i < records.length; i += 2) {
            text.writeBytes(record(records[i], FileName.bytes(records[i + 1])));
        }
        return rawPax(type, text.toByteArray());
    }

    TarBytes rawPax(char type, byte[] content) {
        byte[] later = next;
        byte[] laterContent = this.content;
        next = ustar();
        name("PaxHeaders/x").type(type).content(content).add();
        next = later;
        this.content = laterContent;
        return this;
    }

    static byte[] record(String key, byte[] value) {
        int length = key.length() + value.length + 3;
        while (Integer.toString(length).length() + key.length() + value.length + 3 > length) {
            length++;
        }
        ByteArrayOutputStream record = new ByteArrayOutputStream();
        record.writeBytes((length + " " + key + "=").getBytes(StandardCharsets.ISO_8859_1));
        record.writeBytes(value);
        record.write('\n');
        return record.toByteArray();
    }

    TarBytes raw(byte[] bytes) {
        out.writeBytes(bytes);
        return this;
    }

    /** All that was added, without an end. */
    public byte[] unfinished() {
        return out.toByteArray();
    }

    /** The complete archive. */
    public byte[] finish() {
        return raw(new byte[1024]).unfinished();
    }
}

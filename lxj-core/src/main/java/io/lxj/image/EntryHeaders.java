package io.lxj.image;

import io.lxj.config.ImportLimits;
import io.lxj.linux.FileName;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** What the headers before an entry's own said of it: pax records and GNU's long names. They win over the header. */
final class EntryHeaders {
    /** What begins the keys of extended attributes, as star and GNU tar write them. */
    static final String STAR_ATTRIBUTE = "SCHILY.xattr.";

    /** The keys of access control lists as text, as star and GNU tar write them, by the attributes that hold them. */
    static final Map<String, String> ACLS =
            Map.of(PosixAcl.ACCESS, "SCHILY.acl.access", PosixAcl.DEFAULT, "SCHILY.acl.default");

    private static final String LIBARCHIVE_ATTRIBUTE = "LIBARCHIVE.xattr.";

    private final PaxRecords records;
    private final SparseMap.Builder sparse;
    private byte[] longName;
    private byte[] longLink;

    EntryHeaders(PaxRecords global, ImportLimits limits) {
        this.records = global.copy();
        this.sparse = new SparseMap.Builder(limits.sparsePieces());
    }

    void addPax(byte[] header) throws ArchiveException {
        records.add(header, sparse);
    }

    void setLongName(byte[] content) {
        longName = untilNul(content);
    }

    void setLongLink(byte[] content) {
        longLink = untilNul(content);
    }

    private static byte[] untilNul(byte[] content) {
        int end = 0;
        while (end < content.length && content[end] != 0) {
            end++;
        }
        return Arrays.copyOf(content, end);
    }

    PaxRecords records() {
        return records;
    }

    /** The numbers of a sparse map that were found in records. */
    SparseMap.Builder sparse() {
        return sparse;
    }

    byte[] name(TarHeader header) {
        byte[] plain = longName == null ? header.name() : longName;
        return records.bytes("GNU.sparse.name").or(() -> records.bytes("path")).orElse(plain);
    }

    byte[] linkName(TarHeader header) {
        return records.bytes("linkpath").orElse(longLink == null ? header.linkName() : longLink);
    }

    /** How many bytes the archive has of the content. */
    long stored(TarHeader header) throws ArchiveException {
        return required(records.number("size"), header.size(), "size", Long.MAX_VALUE - TarHeader.SIZE);
    }

    int uid(TarHeader header) throws ArchiveException {
        return (int) required(records.number("uid"), header.uid(), "uid", 0xFFFFFFFEL);
    }

    int gid(TarHeader header) throws ArchiveException {
        return (int) required(records.number("gid"), header.gid(), "gid", 0xFFFFFFFEL);
    }

    int mode(TarHeader header) throws ArchiveException {
        return (int) required(OptionalLong.empty(), header.mode(), "mode", Long.MAX_VALUE) & 07777;
    }

    int deviceMajor(TarHeader header) throws ArchiveException {
        return (int) required(records.number("SCHILY.devmajor"), header.deviceMajor(), "major number", 0xFFF);
    }

    int deviceMinor(TarHeader header) throws ArchiveException {
        return (int) required(records.number("SCHILY.devminor"), header.deviceMinor(), "minor number", 0xFFFFF);
    }

    PaxTime mtime(TarHeader header) throws ArchiveException {
        Optional<String> text = records.text("mtime");
        if (text.isPresent()) {
            return PaxTime.parse(text.get());
        }
        long seconds = header.mtime()
                .orElseThrow(() -> new ArchiveException("the modification time in its header is malformed"));
        return new PaxTime(seconds, 0);
    }

    private static long required(OptionalLong record, OptionalLong field, String what, long max)
            throws ArchiveException {
        OptionalLong value = record.isPresent() ? record : field;
        if (value.isEmpty()) {
            throw new ArchiveException("the " + what + " in its header is malformed");
        }
        if (value.getAsLong() < 0 || value.getAsLong() > max) {
            throw new ArchiveException("the " + what + " " + value.getAsLong() + " in its header is out of range");
        }
        return value.getAsLong();
    }

    /** The extended attributes, without access control lists. */
    List<TarEntry.Attribute> attributes() throws ArchiveException {
        Map<String, byte[]> found = new LinkedHashMap<>();
        for (Map.Entry<String, byte[]> record : records.all().entrySet()) {
            String key = record.getKey();
            if (key.startsWith(STAR_ATTRIBUTE)) {
                // GNU tar writes the two characters that a key can't have in this way.
                String name = key.substring(STAR_ATTRIBUTE.length())
                        .replace("%3D", "=")
                        .replace("%25", "%");
                found.put(attributeName(name), record.getValue());
            } else if (key.startsWith(LIBARCHIVE_ATTRIBUTE)) {
                String name = percentDecoded(key.substring(LIBARCHIVE_ATTRIBUTE.length()));
                found.putIfAbsent(attributeName(name), base64(record.getValue()));
            }
        }
        List<TarEntry.Attribute> attributes = new ArrayList<>(found.size());
        found.forEach((name, value) -> attributes.add(new TarEntry.Attribute(name, value)));
        return attributes;
    }

    private static String attributeName(String latin1) throws ArchiveException {
        byte[] name = latin1.getBytes(StandardCharsets.ISO_8859_1);
        if (name.length == 0 || name.length > 255 || latin1.indexOf(0) >= 0) {
            throw new ArchiveException("an extended attribute has the impossible name " + FileName.quote(name));
        }
        return FileName.string(name);
    }

    private static String percentDecoded(String text) throws ArchiveException {
        StringBuilder out = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '%') {
                int high = i + 2 < text.length() ? Character.digit(text.charAt(i + 1), 16) : -1;
                int low = high < 0 ? -1 : Character.digit(text.charAt(i + 2), 16);
                if (low < 0) {
                    throw new ArchiveException("the name of an extended attribute is malformed");
                }
                out.append((char) (high << 4 | low));
                i += 2;
            } else {
                out.append(c);
            }
        }
        return out.toString();
    }

    private static byte[] base64(byte[] value) throws ArchiveException {
        try {
            // libarchive leaves the padding out.
            int end = value.length;
            while (end > 0 && (value[end - 1] == '=' || value[end - 1] == '\n')) {
                end--;
            }
            return Base64.getDecoder().decode(Arrays.copyOf(value, end));
        } catch (IllegalArgumentException e) {
            throw new ArchiveException("the value of an extended attribute is not valid base64", e);
        }
    }

    /** The access control lists by the attribute that they are set with. */
    Map<String, PosixAcl> acls() throws ArchiveException {
        Map<String, PosixAcl> acls = new LinkedHashMap<>();
        for (Map.Entry<String, String> acl : ACLS.entrySet()) {
            Optional<byte[]> text = records.bytes(acl.getValue());
            if (text.isPresent()) {
                acls.put(acl.getKey(), PosixAcl.parse(text.get()));
            }
        }
        return acls;
    }
}

package io.lxj.linux;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * File names as Linux has them: bytes, of which only {@code /} and NUL mean something to the kernel.
 *
 * <p>As a {@link String}, a name is decoded from UTF-8; a byte that isn't part of valid UTF-8 becomes the lone
 * surrogate U+DC00 plus its value, which no valid text contains. So every name survives the way to a string and back,
 * whatever the locale of the JVM is. PEP 383 describes the same scheme for Python.
 */
public final class FileName {
    private static final int ESCAPE = 0xDC00;

    private FileName() {}

    /** The name itself, if it is a single component that leads into no other directory. */
    static byte[] component(byte[] name) {
        boolean separated = name.length == 0;
        for (byte b : name) {
            separated |= b == '/' || b == 0;
        }
        if (separated || isDots(name)) {
            throw new IllegalArgumentException("not a single file name: " + quote(name));
        }
        return name;
    }

    /** Whether it is {@code .} or {@code ..}, which every directory has. */
    static boolean isDots(byte[] name) {
        return name.length > 0 && name.length < 3 && name[0] == '.' && name[name.length - 1] == '.';
    }

    /**
     * The bytes of a name.
     *
     * @param name the name, with bytes that aren't UTF-8 as lone surrogates
     * @return the bytes, without a terminating NUL
     * @throws IllegalArgumentException if the name has a NUL or a surrogate that stands for no byte
     */
    public static byte[] bytes(String name) {
        int length = name.length();
        byte[] plain = new byte[length];
        for (int i = 0; i < length; i++) {
            char c = name.charAt(i);
            if (c >= 0x80) {
                return encode(name);
            }
            if (c == 0) {
                throw new IllegalArgumentException("a file name can't contain NUL: " + name.replace("\0", "\\0"));
            }
            plain[i] = (byte) c;
        }
        return plain;
    }

    private static byte[] encode(String name) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(name.length() * 3);
        for (int i = 0; i < name.length(); ) {
            int point = name.codePointAt(i);
            i += Character.charCount(point);
            if (point == 0) {
                throw new IllegalArgumentException("a file name can't contain NUL: " + name.replace("\0", "\\0"));
            }
            if (point >= ESCAPE + 0x80 && point <= ESCAPE + 0xFF) {
                out.write(point - ESCAPE);
            } else if (point >= 0xD800 && point <= 0xDFFF) {
                throw new IllegalArgumentException(
                        "a file name can't contain the lone surrogate U+" + Integer.toHexString(point));
            } else {
                out.writeBytes(Character.toString(point).getBytes(StandardCharsets.UTF_8));
            }
        }
        return out.toByteArray();
    }

    /**
     * The bytes of a path of the host's file system, exactly as the kernel gave them, whatever the JVM's locale is.
     *
     * @param path a path of the default file system
     * @return the bytes of its absolute form
     */
    public static byte[] bytes(Path path) {
        String raw = path.toAbsolutePath().toUri().getRawPath();
        ByteArrayOutputStream out = new ByteArrayOutputStream(raw.length());
        for (int i = 0; i < raw.length(); i++) {
            char c = raw.charAt(i);
            if (c == '%') {
                out.write(Integer.parseInt(raw, i + 1, i + 3, 16));
                i += 2;
            } else {
                out.write(c);
            }
        }
        byte[] bytes = out.toByteArray();
        // A URI of a directory ends in a slash that the path doesn't have.
        boolean slash = bytes.length > 1 && bytes[bytes.length - 1] == '/';
        return slash ? Arrays.copyOf(bytes, bytes.length - 1) : bytes;
    }

    /**
     * A name as a string that {@link #bytes(String)} turns back into the same bytes.
     *
     * @param name the bytes
     * @return the string
     */
    public static String string(byte[] name) {
        if (isAscii(name)) {
            return new String(name, StandardCharsets.ISO_8859_1);
        }
        CharsetDecoder decoder = StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
        ByteBuffer in = ByteBuffer.wrap(name);
        try {
            return decoder.decode(in).toString();
        } catch (CharacterCodingException e) {
            return escape(decoder.reset(), ByteBuffer.wrap(name));
        }
    }

    private static boolean isAscii(byte[] name) {
        for (byte b : name) {
            if (b < 0) {
                return false;
            }
        }
        return true;
    }

    private static String escape(CharsetDecoder decoder, ByteBuffer in) {
        CharBuffer out = CharBuffer.allocate(in.remaining());
        while (true) {
            CoderResult result = decoder.decode(in, out, true);
            if (!result.isError()) {
                decoder.flush(out);
                return out.flip().toString();
            }
            for (int i = 0; i < result.length(); i++) {
                out.put((char) (ESCAPE + (in.get() & 0xFF)));
            }
        }
    }

    /**
     * A name for people to read: in double quotes, with everything that could disturb a terminal as {@code \xHH}.
     *
     * @param name the bytes
     * @return the quoted text
     */
    public static String quote(byte[] name) {
        StringBuilder text = new StringBuilder(name.length + 2).append('"');
        string(name).codePoints().forEach(c -> {
            if (c >= ESCAPE + 0x80 && c <= ESCAPE + 0xFF) {
                text.append(String.format("\\x%02x", c - ESCAPE));
            } else if (c == '"' || c == '\\') {
                text.append('\\').append((char) c);
            } else if (Character.isISOControl(c)) {
                text.append(String.format("\\x%02x", c));
            } else {
                text.appendCodePoint(c);
            }
        });
        return text.append('"').toString();
    }
}

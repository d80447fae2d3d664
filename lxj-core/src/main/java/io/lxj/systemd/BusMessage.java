package io.lxj.systemd;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A message of D-Bus; see its specification, "Message Protocol". Immutable and thread-safe.
 *
 * @param type what kind it is
 * @param replyTo the serial of the call that is answered, 0 if none is
 * @param error the name of the error, if it is one
 * @param text the first value, if it is a string or a variant of one
 */
record BusMessage(int type, long replyTo, Optional<String> error, Optional<String> text) {
    /** The fixed part at the beginning, with the length of the fields that follow. */
    static final int HEADER = 16;

    static final int RETURN = 2;
    static final int ERROR = 3;

    private static final int CALL = 1;
    private static final int VERSION = 1;
    private static final int PATH = 1;
    private static final int INTERFACE = 2;
    private static final int MEMBER = 3;
    private static final int ERROR_NAME = 4;
    private static final int REPLY_SERIAL = 5;
    private static final int DESTINATION = 6;
    private static final int SIGNATURE = 8;
    private static final int MAX_LENGTH = 1 << 20;

    /** The bytes of a call. */
    static byte[] call(long serial, Optional<String> destination, BusCall call) {
        byte[] content = call.body().bytes();
        Body message = new Body();
        message.octet('l')
                .octet(CALL)
                .octet(0)
                .octet(VERSION)
                .number(content.length)
                .number(serial);
        message.array(8, fields -> {
            field(fields, PATH, "o", value -> value.string(call.path()));
            field(fields, INTERFACE, "s", value -> value.string(call.type()));
            field(fields, MEMBER, "s", value -> value.string(call.member()));
            destination.ifPresent(name -> field(fields, DESTINATION, "s", value -> value.string(name)));
            if (!call.signature().isEmpty()) {
                field(fields, SIGNATURE, "g", value -> value.signature(call.signature()));
            }
        });
        message.align(8);
        return ByteBuffer.allocate(message.length() + content.length)
                .put(message.bytes())
                .put(content)
                .array();
    }

    private static void field(Body fields, int code, String type, Body.Content value) {
        fields.align(8).octet(code).variant(type, value);
    }

    /** How long a message is that begins with these bytes. */
    static int length(byte[] header) throws IOException {
        ByteBuffer buffer = ordered(header);
        long fields = Integer.toUnsignedLong(buffer.getInt(12));
        long length = HEADER + ((fields + 7) & ~7) + Integer.toUnsignedLong(buffer.getInt(4));
        if (length > MAX_LENGTH) {
            throw new IOException("a message of " + length + " bytes, which is none of systemd's");
        }
        return (int) length;
    }

    private static ByteBuffer ordered(byte[] message) {
        return ByteBuffer.wrap(message).order(message[0] == 'B' ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
    }

    /** Reads a whole message. */
    static BusMessage of(byte[] message) throws IOException {
        try {
            ByteBuffer buffer = ordered(message);
            int body = message.length - buffer.getInt(4);
            Map<Integer, String> fields = new TreeMap<>();
            long replyTo = 0;
            int end = HEADER + buffer.getInt(12);
            buffer.position(HEADER);
            while (buffer.position() < end) {
                align(buffer, 8);
                int code = buffer.get();
                String type = signature(buffer);
                if (type.equals("u")) {
                    align(buffer, 4);
                    long number = Integer.toUnsignedLong(buffer.getInt());
                    replyTo = code == REPLY_SERIAL ? number : replyTo;
                } else {
                    fields.put(code, type.equals("g") ? signature(buffer) : string(buffer));
                }
            }
            buffer.position(body);
            return new BusMessage(
                    message[1],
                    replyTo,
                    Optional.ofNullable(fields.get(ERROR_NAME)),
                    text(buffer, fields.getOrDefault(SIGNATURE, "")));
        } catch (RuntimeException e) {
            throw new IOException("a message of D-Bus that can't be understood", e);
        }
    }

    private static Optional<String> text(ByteBuffer body, String types) {
        if (types.startsWith("s") || types.startsWith("o")) {
            return Optional.of(string(body));
        }
        return types.startsWith("v") ? text(body, signature(body)) : Optional.empty();
    }

    private static void align(ByteBuffer buffer, int size) {
        buffer.position((buffer.position() + size - 1) / size * size);
    }

    private static String string(ByteBuffer buffer) {
        align(buffer, 4);
        return characters(buffer, buffer.getInt());
    }

    private static String signature(ByteBuffer buffer) {
        return characters(buffer, Byte.toUnsignedInt(buffer.get()));
    }

    private static String characters(ByteBuffer buffer, int length) {
        byte[] bytes = new byte[length];
        buffer.get(bytes).get();
        return new String(bytes, StandardCharsets.UTF_8);
    }
}

package io.lxj.systemd;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Values in the form that D-Bus sends them in: each at a multiple of its size; see the D-Bus specification, "Marshaling".
 * Not thread-safe.
 */
final class Body {
    private ByteBuffer buffer = ByteBuffer.allocate(512).order(ByteOrder.LITTLE_ENDIAN);

    /** What is to be written into an array, or another value that contains some. */
    interface Content {
        void write(Body body);
    }

    private void room(int length) {
        if (buffer.remaining() < length) {
            ByteBuffer larger = ByteBuffer.allocate(2 * (buffer.position() + length));
            buffer = larger.order(ByteOrder.LITTLE_ENDIAN).put(buffer.flip());
        }
    }

    Body align(int size) {
        room(size);
        while (buffer.position() % size != 0) {
            buffer.put((byte) 0);
        }
        return this;
    }

    Body octet(int value) {
        room(1);
        buffer.put((byte) value);
        return this;
    }

    Body number(long value) {
        align(4);
        room(4);
        buffer.putInt((int) value);
        return this;
    }

    Body longNumber(long value) {
        align(8);
        room(8);
        buffer.putLong(value);
        return this;
    }

    Body truth(boolean value) {
        return number(value ? 1 : 0);
    }

    /** A string or the path of an object. */
    Body string(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        number(bytes.length);
        room(bytes.length + 1);
        buffer.put(bytes).put((byte) 0);
        return this;
    }

    Body signature(String types) {
        byte[] bytes = types.getBytes(StandardCharsets.US_ASCII);
        octet(bytes.length);
        room(bytes.length + 1);
        buffer.put(bytes).put((byte) 0);
        return this;
    }

    /** An array; its length is that of its content without what aligns the first element. */
    Body array(int alignment, Content content) {
        number(0);
        int length = buffer.position() - 4;
        align(alignment);
        int start = buffer.position();
        content.write(this);
        buffer.putInt(length, buffer.position() - start);
        return this;
    }

    /** A value that says of which type it is. */
    Body variant(String type, Content value) {
        signature(type);
        value.write(this);
        return this;
    }

    /** A property: a structure of a name and a value. */
    Body property(String name, String type, Content value) {
        return align(8).string(name).variant(type, value);
    }

    int length() {
        return buffer.position();
    }

    byte[] bytes() {
        return Arrays.copyOf(buffer.array(), buffer.position());
    }
}

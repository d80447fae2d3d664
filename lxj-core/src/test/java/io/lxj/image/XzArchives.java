package io.lxj.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;

/** What the tests of xz archives have in common: archives, their content, and how they are decompressed. */
final class XzArchives {
    static final int ROOM_KIB = 64 * 1024;
    static final int LIMIT_KIB = 16 * 1024;

    private XzArchives() {}

    /** How much memory there is for what is decompressed ahead. */
    enum Memory {
        NONE(0),
        /** Not for all the blocks that there are threads for. */
        LITTLE(600),
        ENOUGH(ROOM_KIB);

        private final int kib;

        Memory(int kib) {
            this.kib = kib;
        }
    }

    /** What came out until it ended or failed. */
    record Decoded(byte[] content, Throwable failure) {}

    static Decoded decode(byte[] xz, Memory memory) {
        HeapShare heap = new HeapShare(memory.kib);
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        Throwable failure = null;
        try (XzDecoder decoder = new XzDecoder(new ByteArrayInputStream(xz), LIMIT_KIB, heap)) {
            drain(decoder, content);
        } catch (IOException | RuntimeException e) {
            failure = e;
        }
        assertThat(heap.free()).as("memory given back").isEqualTo(memory.kib);
        return new Decoded(content.toByteArray(), failure);
    }

    static void drain(ByteSource decoder, ByteArrayOutputStream content) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocateDirect(10_000);
        while (decoder.read(buffer.clear()) > 0) {
            byte[] piece = new byte[buffer.flip().remaining()];
            buffer.get(piece);
            content.writeBytes(piece);
        }
    }

    static void assertDecodes(byte[] xz, byte[] expected) {
        for (Memory memory : Memory.values()) {
            Decoded decoded = decode(xz, memory);
            assertThat(decoded.failure()).as("with memory: " + memory).isNull();
            assertThat(Arrays.equals(decoded.content(), expected))
                    .as("the content, with memory: " + memory)
                    .isTrue();
        }
    }

    /** Half of it can't be compressed, so that there are chunks of all kinds. */
    static byte[] content(int length) {
        Random random = new Random(length);
        byte[] content = new byte[length];
        random.nextBytes(content);
        for (int i = 0; i < length; i++) {
            if (i % 40_000 < 20_000) {
                content[i] = (byte) ('a' + (content[i] & 3));
            }
        }
        return content;
    }

    /** What xz(1) makes of a content, in a folder for it. */
    static byte[] xz(Path work, String options, byte[] content) throws Exception {
        Files.write(work.resolve("in"), content);
        SystemTar.run(work, "sh", "-ec", "xz -c " + options + " <in >out");
        return Files.readAllBytes(work.resolve("out"));
    }

    static byte[] concatenated(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    static byte[] slice(byte[] content, int length) {
        return Arrays.copyOf(content, length);
    }
}

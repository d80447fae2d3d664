package io.lxj.supervise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ByteRingTest {
    private static byte[] content(ByteRing ring) {
        byte[] content = new byte[ring.size()];
        assertThat(ring.copy(ring.start(), content, 0, content.length)).isEqualTo(content.length);
        return content;
    }

    @Test
    void holdsTheLatestBytesWhateverTheSizesOfTheAppends() {
        Random random = new Random(1);
        for (int limit : new int[] {1, 7, 511, 512, 513, 4096, 10_000}) {
            ByteRing ring = new ByteRing(limit);
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            for (int i = 0; i < 300; i++) {
                byte[] bytes = new byte[random.nextInt(i % 3 == 0 ? 2 * limit + 2 : 40)];
                random.nextBytes(bytes);
                int offset = bytes.length == 0 ? 0 : random.nextInt(bytes.length);
                ring.append(bytes, offset, bytes.length - offset);
                all.write(bytes, offset, bytes.length - offset);
                assertThat(ring.end()).isEqualTo(all.size());
                byte[] written = all.toByteArray();
                assertThat(content(ring))
                        .isEqualTo(Arrays.copyOfRange(written, Math.max(0, written.length - limit), written.length));
            }
        }
    }

    @Test
    void takesNoMoreMemoryThanItsContentNeeds() {
        ByteRing ring = new ByteRing(16 * 1024);
        assertThat(ring.capacity()).isZero();
        ring.append(new byte[100], 0, 100);
        assertThat(ring.capacity()).isEqualTo(512);
        ring.append(new byte[3000], 0, 3000);
        assertThat(ring.capacity()).isLessThan(8 * 1024);
        for (int i = 0; i < 100; i++) {
            ring.append(new byte[1000], 0, 1000);
        }
        assertThat(ring.capacity()).isEqualTo(16 * 1024);
        assertThat(ring.size()).isEqualTo(16 * 1024);
    }

    @Test
    void givesItsMemoryBackOnceEverythingIsDiscarded() {
        ByteRing ring = new ByteRing(16 * 1024);
        ring.append(new byte[5000], 0, 5000);
        ring.discard(4000);
        assertThat(ring.size()).isEqualTo(1000);
        assertThat(ring.capacity()).isPositive();
        ring.discard(9999);
        assertThat(ring.size()).isZero();
        assertThat(ring.capacity()).isZero();
        ring.append(new byte[] {1, 2}, 0, 2);
        assertThat(content(ring)).containsExactly(1, 2);
        assertThat(ring.start()).isEqualTo(5000);
    }

    @Test
    void refusesAPositionThatItNoLongerHas() {
        ByteRing ring = new ByteRing(4);
        ring.append(new byte[10], 0, 10);
        assertThatThrownBy(() -> ring.copy(5, new byte[1], 0, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThat(ring.copy(6, new byte[10], 0, 10)).isEqualTo(4);
        assertThat(ring.copy(10, new byte[10], 0, 10)).isZero();
    }
}

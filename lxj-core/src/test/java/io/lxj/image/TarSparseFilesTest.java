package io.lxj.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Files with holes, of which an archive has only the pieces in between. */
class TarSparseFilesTest {
    @Test
    void readsTheSparseFilesOfStar() throws IOException {
        ReadEntry file = ReadEntry.only(new TarBytes()
                .name("s")
                .type('S')
                .field(356, "00000001000")
                .field(368, "00000000003")
                .field(452, "00000002000")
                .content("abc")
                .field(508, "tar\0")
                .add()
                .finish());

        assertThat(file.entry().size()).isEqualTo(1024);
        assertThat(Arrays.copyOfRange(file.content(), 512, 515)).asString().isEqualTo("abc");
    }

    @Test
    void refusesSparseMapsThatMakeNoSense() {
        assertThatThrownBy(ReadEntry.reading(sparse("0,4,2,4", 100))).hasMessageContaining("overlap");
        assertThatThrownBy(ReadEntry.reading(sparse("98,8", 100))).hasMessageContaining("outside");
        assertThatThrownBy(ReadEntry.reading(sparse("0,9223372036854775807,1,1", 100)))
                .hasMessageContaining("outside");
        assertThatThrownBy(ReadEntry.reading(sparse("0,7", 100))).hasMessageContaining("describes 7 bytes");
        assertThatThrownBy(ReadEntry.reading(sparse("0", 100))).hasMessageContaining("middle of a piece");
        assertThatThrownBy(ReadEntry.reading(sparse("-1,8", 100))).hasMessageContaining("negative");
        assertThatThrownBy(ReadEntry.reading(sparse("x,8", 100))).hasMessageContaining("malformed");
        assertThatThrownBy(ReadEntry.reading(sparse("0,3,50,5", 100))).hasMessageContaining("fill its last block");
        assertThatThrownBy(ReadEntry.reading(sparse("0,8", 1L << 50))).hasMessageContaining("limit of 16TiB");
    }

    private static TarBytes sparse(String map, long size) {
        return new TarBytes()
                .pax("GNU.sparse.map", map, "GNU.sparse.size", Long.toString(size))
                .file("s", "12345678");
    }

    @Test
    void refusesASparseMapThatGoesOnForever() {
        TarBytes archive = new TarBytes()
                .pax("GNU.sparse.major", "1", "GNU.sparse.minor", "0", "GNU.sparse.realsize", "100")
                .file("s", "9223372036854775807\n" + "0\n".repeat(300));

        assertThatThrownBy(ReadEntry.reading(archive)).hasMessageContaining("more than the limit of 1000000 pieces");
    }
}

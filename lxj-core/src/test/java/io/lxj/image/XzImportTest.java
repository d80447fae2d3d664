package io.lxj.image;

import static io.lxj.image.XzArchives.content;
import static io.lxj.image.XzArchives.drain;
import static io.lxj.image.XzArchives.slice;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lxj.linux.Block;
import io.lxj.testing.LeaksNothing;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What an import says of archives of xz that it can't read to their end. */
@LeaksNothing
@Timeout(300)
class XzImportTest {
    /** The whole of an archive as one piece. */
    private static final class OnePiece implements ChunkSource {
        private Chunk chunk;

        OnePiece(byte[] bytes) {
            Block memory = Block.allocate(bytes.length + 1);
            memory.buffer().put(bytes).flip();
            chunk = bytes.length == 0 ? null : new Chunk(memory, bytes.length);
        }

        @Override
        public Chunk next() {
            Chunk next = chunk;
            chunk = null;
            return next;
        }

        @Override
        public void close() {}
    }

    private static Throwable failureOfImport(byte[] archive) throws IOException {
        try (ByteSource decoder = StreamDecoder.xz(new CompressedBytes(new OnePiece(archive)))) {
            drain(decoder, new ByteArrayOutputStream());
            return null;
        } catch (ArchiveException e) {
            return e;
        }
    }

    @Test
    void whatIsCutOffIsToldFromWhatIsCorrupt() throws Exception {
        byte[] content = content(1000);
        byte[] sized = new XzBytes().sized(content).sized(content).finish();
        byte[] unsized = new XzBytes().unsized(content).unsized(content).finish();
        for (byte[] whole : List.of(sized, unsized)) {
            assertThat(failureOfImport(whole)).isNull();
            for (int length = 0; length < whole.length; length += 7) {
                assertThat(failureOfImport(slice(whole, length)))
                        .hasMessage("the xz data is cut off at byte " + length);
            }
            byte[] damaged = whole.clone();
            damaged[500] ^= 1;
            assertThat(failureOfImport(damaged))
                    .hasMessageMatching(
                            "the xz data is corrupt before byte \\d+: Integrity check \\(CRC32\\) does not" + " match");
        }
    }

    /** The data goes on beyond what its header says and up to the end of the archive. */
    @ParameterizedTest
    @ValueSource(longs = {10, 1000})
    void aLieAboutSizesIsNoCutOffArchive(long compressed) throws Exception {
        byte[] archive = new XzBytes().block(content(1100), compressed, 1100L).finish();
        assertThat(failureOfImport(archive)).hasMessageStartingWith("the xz data is corrupt before byte ");
    }

    @Test
    void aReaderThatIsInterruptedHasNoDamagedArchive() throws Exception {
        byte[] archive = new XzBytes().sized(content(500_000)).finish();
        try (ByteSource decoder = StreamDecoder.xz(new CompressedBytes(new OnePiece(archive)))) {
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> decoder.read(ByteBuffer.allocateDirect(1)))
                    .isInstanceOf(InterruptedIOException.class);
        }
        assertThat(Thread.interrupted()).isTrue();
    }
}

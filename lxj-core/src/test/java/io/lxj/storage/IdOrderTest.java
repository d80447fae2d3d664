package io.lxj.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lxj.error.LxjException;
import io.lxj.linux.Directory;
import io.lxj.linux.Fd;
import io.lxj.linux.Open;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IdOrderTest {
    private static final IdPool.Range FIRST = lot(100_000);
    private static final IdPool.Range SECOND = lot(300_000);
    private static final IdPool.Range THIRD = lot(200_000);

    @TempDir
    Path folder;

    private static IdPool.Range lot(long first) {
        return new IdPool.Range(first, first + 65_536);
    }

    private static OwnIds ids(IdPool.Range... ranges) {
        return new OwnIds(1000, 1000, List.of(ranges), List.of(ranges));
    }

    private OwnIds order(OwnIds now, OwnIds noted) {
        return IdOrder.of(now, Optional.of(noted), folder);
    }

    private void note(OwnIds own) throws Exception {
        try (Directory links = new Directory(Fd.open(folder, Open.O_RDONLY | Open.O_DIRECTORY, 0))) {
            IdOrder.note(links, folder, own);
        }
    }

    @Test
    void newLinesComeLastWhereverTheyAre() {
        assertThat(IdOrder.of(ids(SECOND, FIRST), Optional.empty(), folder)).isEqualTo(ids(SECOND, FIRST));
        assertThat(order(ids(THIRD, SECOND, FIRST), ids(FIRST, SECOND))).isEqualTo(ids(FIRST, SECOND, THIRD));
    }

    @Test
    void whatALineHasGotMoreComesLast() {
        OwnIds longer = ids(new IdPool.Range(90_000, 300_000), SECOND);
        assertThat(order(longer, ids(FIRST, SECOND)))
                .isEqualTo(ids(FIRST, SECOND, new IdPool.Range(90_000, 100_000), new IdPool.Range(165_536, 300_000)));
    }

    @Test
    void idsThatAreGoneAreNamedIfContainersHaveSome() throws Exception {
        assertThat(order(ids(SECOND), ids(FIRST, SECOND))).isEqualTo(ids(SECOND));
        Files.createSymbolicLink(folder.resolve("0"), Path.of("/no/such/container"));
        for (OwnIds now : List.of(ids(SECOND), ids(SECOND, new IdPool.Range(100_000, 165_535)))) {
            assertThatThrownBy(() -> order(now, ids(FIRST, SECOND)))
                    .isInstanceOf(LxjException.class)
                    .isNotInstanceOf(NoIdsException.class)
                    .hasMessageContaining("/etc/subuid doesn't give this user the ids 100000 to 165535 any more")
                    .hasMessageContaining(folder.toString());
        }
    }

    @Test
    void anOrderIsNotedOnceAndBecomesLonger() throws Exception {
        assertThat(IdOrder.read(folder)).isEmpty();
        note(ids(FIRST));
        assertThat(IdOrder.read(folder)).contains(ids(FIRST));
        note(ids(FIRST, SECOND));
        // Of a process that has been there for longer.
        note(ids(FIRST));
        assertThat(IdOrder.read(folder)).contains(ids(FIRST, SECOND));
        Files.createSymbolicLink(folder.resolve("65536"), Path.of("/no/such/container"));
        assertThatThrownBy(() -> note(ids(SECOND, FIRST)))
                .isInstanceOf(LxjException.class)
                .hasMessageEndingWith("close lxj and open it again");
        assertThat(IdOrder.read(folder)).contains(ids(FIRST, SECOND));
        Files.delete(folder.resolve("65536"));
        note(ids(SECOND, FIRST));
        assertThat(IdOrder.read(folder)).contains(ids(SECOND, FIRST));
    }
}

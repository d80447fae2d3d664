package io.lxj;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lxj.config.ImportOptions;
import io.lxj.error.CorruptStateException;
import io.lxj.error.NotFoundException;
import io.lxj.image.TarBytes;
import io.lxj.testing.LeaksNothing;
import io.lxj.testing.NeedsRoot;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** An image whose image.json is damaged says so, gets in nobody's way, and can be deleted. */
@NeedsRoot("writes into an image, which is out of an ordinary user's own reach")
@LeaksNothing
class DamagedImageTest {
    @RegisterExtension
    final TestLxj host = TestLxj.of();

    private void load(String name) {
        byte[] archive = new TarBytes().file("f", "x").finish();
        host.lxj()
                .images()
                .importTarball(name, new ByteArrayInputStream(archive), ImportOptions.defaults(), progress -> {});
    }

    @Test
    void itIsListedAndCanBeDeleted() throws IOException {
        Images images = host.lxj().images();
        load("damaged");
        load("whole");
        Files.writeString(host.folder().resolve("images/damaged/image.json"), "{");

        assertThat(images.list()).extracting(Image::name).containsExactly("damaged", "whole");
        Image damaged = images.get("damaged");
        assertThat(images.find("damaged")).isPresent();
        assertThatThrownBy(damaged::info).isInstanceOf(CorruptStateException.class);
        damaged.delete();
        assertThatThrownBy(() -> images.get("damaged"))
                .isInstanceOf(NotFoundException.class)
                .hasMessageContaining("there are: [whole]");
        assertThat(images.find("damaged")).isEmpty();
        load("damaged");
        assertThat(images.get("damaged").info().entries()).isEqualTo(1);
    }
}

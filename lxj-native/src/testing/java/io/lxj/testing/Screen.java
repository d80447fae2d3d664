package io.lxj.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.lxj.linux.Block;
import io.lxj.linux.LinuxException;
import io.lxj.linux.Poll;
import io.lxj.linux.Pty;
import java.time.Duration;

/** What a terminal shows to whoever sits at it. Stateless and thread-safe. */
public final class Screen {
    private Screen() {}

    /** Reads what the terminal shows up to a text. */
    public static String until(Pty pty, String text, Duration timeout) throws LinuxException {
        StringBuilder shown = new StringBuilder();
        Block block = Block.allocate(1);
        while (shown.indexOf(text) < 0) {
            assertThat(Poll.await(pty.master(), Poll.POLLIN, timeout))
                    .as("nothing more came after: %s", shown)
                    .isNotZero();
            assertThat(pty.master().read(block, 0, 1)).isEqualTo(1);
            shown.append((char) (block.buffer().get(0) & 0xff));
        }
        return shown.toString();
    }
}

package io.lxj.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lxj.testing.LeaksNothing;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

@LeaksNothing
class TerminalTest {
    private static String stty(Fd terminal) throws Exception {
        Path path = Files.readSymbolicLink(Path.of("/proc/self/fd/" + terminal.number()));
        Process stty = new ProcessBuilder("stty", "-F", path.toString(), "-a").start();
        String text = new String(stty.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        assertThat(stty.waitFor()).isZero();
        return text;
    }

    @Test
    void rawModeIsThatOfSttyAndCanBeTakenBack() throws Exception {
        try (Pty ours = Pty.open();
                Fd terminal = ours.peer();
                Pty theirs = Pty.open();
                Fd other = theirs.peer()) {
            String cooked = stty(terminal);
            Terminal before = Terminal.of(terminal);
            before.raw().apply(terminal);
            assertThat(stty(terminal)).isNotEqualTo(cooked).contains("-icanon", "-echo ", "-isig", "-opost", "cs8");
            assertThat(Terminal.of(terminal)).isEqualTo(before.raw()).isNotEqualTo(before);

            Path path = Files.readSymbolicLink(Path.of("/proc/self/fd/" + other.number()));
            assertThat(new ProcessBuilder("stty", "-F", path.toString(), "raw", "-echo", "-echonl", "cs8", "-parenb")
                            .start()
                            .waitFor())
                    .isZero();
            Terminal.of(other).raw().apply(other);
            assertThat(Terminal.of(other).raw()).isEqualTo(Terminal.of(other));

            before.apply(terminal);
            assertThat(stty(terminal)).isEqualTo(cooked);
            assertThat(Terminal.of(terminal)).isEqualTo(before).hasSameHashCodeAs(before);
        }
    }

    @Test
    void bytesGoThroughRawModeAsTheyAre() throws Exception {
        try (Pty pty = Pty.open();
                Fd terminal = pty.peer()) {
            Terminal.of(terminal).raw().apply(terminal);
            byte[] all = new byte[256];
            for (int i = 0; i < all.length; i++) {
                all[i] = (byte) i;
            }
            Block block = Block.allocate(all.length);
            byte[] read = new byte[all.length];
            for (Fd[] way : new Fd[][] {{pty.master(), terminal}, {terminal, pty.master()}}) {
                way[0].write(all);
                for (int done = 0; done < all.length; ) {
                    done += way[1].read(block, done, all.length - done);
                }
                block.buffer().get(0, read);
                assertThat(read).isEqualTo(all);
            }
        }
    }

    @Test
    void whatIsNoTerminalIsSaidToBeNone() throws Exception {
        try (Pipe pipe = Pipe.open()) {
            assertThatThrownBy(() -> Terminal.of(pipe.reader()))
                    .isInstanceOf(LinuxException.class)
                    .hasMessageContaining("TCGETS")
                    .hasMessageContaining("ENOTTY");
        }
    }
}

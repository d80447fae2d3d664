package io.lxj.linux;

import java.util.Arrays;

/**
 * The settings of a terminal, see termios(3). Immutable and thread-safe.
 *
 * <pre>{@code
 * Terminal before = Terminal.of(fd);
 * before.raw().apply(fd);
 * ...
 * before.apply(fd);
 * }</pre>
 */
public final class Terminal {
    private static final int TCGETS = 0x5401;
    private static final int TCSETS = 0x5402;

    // The kernel's struct termios, the same on every architecture that lxj runs on: c_iflag 0, c_oflag 4, c_cflag 8,
    // c_lflag 12, c_line 16, c_cc 17 to 35.
    private static final int SIZE = 36;
    private static final int C_IFLAG = 0;
    private static final int C_OFLAG = 4;
    private static final int C_CFLAG = 8;
    private static final int C_LFLAG = 12;
    private static final int VTIME = 17 + 5;
    private static final int VMIN = 17 + 6;

    // Input: IGNBRK BRKINT PARMRK ISTRIP INLCR IGNCR ICRNL IXON.
    private static final int COOKED_INPUT = 0x1 | 0x2 | 0x8 | 0x20 | 0x40 | 0x80 | 0x100 | 0x400;
    private static final int OPOST = 0x1;
    // Lines: ISIG ICANON ECHO ECHONL IEXTEN.
    private static final int COOKED_LINES = 0x1 | 0x2 | 0x8 | 0x40 | 0x8000;
    private static final int CSIZE_AND_PARENB = 0x30 | 0x100;
    private static final int CS8 = 0x30;

    private final byte[] termios;

    private Terminal(byte[] termios) {
        this.termios = termios;
    }

    /**
     * Asks for the settings of a terminal.
     *
     * @param fd the terminal
     * @return its settings now
     * @throws LinuxException ENOTTY if it is no terminal, EIO if its other side is gone
     */
    public static Terminal of(Fd fd) throws LinuxException {
        try (Scratch scratch = Scratch.open()) {
            Block block = scratch.zeroed(SIZE);
            long result = fd.call(Syscall.IOCTL, TCGETS, block.address());
            if (result < 0) {
                throw LinuxException.of(result, "ioctl", fd, "TCGETS");
            }
            byte[] termios = new byte[SIZE];
            block.buffer().get(0, termios);
            return new Terminal(termios);
        }
    }

    /**
     * These settings in raw mode, as cfmakeraw(3) has it: every byte goes through as it is, at once, without echo, and no
     * key makes a signal.
     *
     * @return other settings; nothing happens to a terminal by this
     */
    public Terminal raw() {
        try (Scratch scratch = Scratch.open()) {
            Block block = scratch.block(SIZE);
            block.buffer().put(0, termios);
            change(block, C_IFLAG, COOKED_INPUT, 0);
            change(block, C_OFLAG, OPOST, 0);
            change(block, C_LFLAG, COOKED_LINES, 0);
            change(block, C_CFLAG, CSIZE_AND_PARENB, CS8);
            block.buffer().put(VMIN, (byte) 1).put(VTIME, (byte) 0);
            byte[] raw = new byte[SIZE];
            block.buffer().get(0, raw);
            return new Terminal(raw);
        }
    }

    private static void change(Block block, int offset, int cleared, int set) {
        block.buffer().putInt(offset, block.buffer().getInt(offset) & ~cleared | set);
    }

    /**
     * Gives a terminal these settings, at once: what was written before may still be on its way.
     *
     * @param fd the terminal
     * @throws LinuxException ENOTTY if it is no terminal, EIO if its other side is gone
     */
    public void apply(Fd fd) throws LinuxException {
        try (Scratch scratch = Scratch.open()) {
            Block block = scratch.block(SIZE);
            block.buffer().put(0, termios);
            long result = fd.call(Syscall.IOCTL, TCSETS, block.address());
            if (result < 0) {
                throw LinuxException.of(result, "ioctl", fd, "TCSETS");
            }
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Terminal terminal && Arrays.equals(termios, terminal.termios);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(termios);
    }
}

package io.lxj.linux;

import java.nio.file.Path;

/**
 * A pseudo-terminal, see pty(7): the master's end, which this object owns. The other end is opened from the master by
 * TIOCGPTPEER, so that no path is trusted for it. Thread-safe.
 */
public final class Pty implements AutoCloseable {
    private static final int TIOCGPTN = 0x80045430;
    private static final int TIOCSPTLCK = 0x40045431;
    private static final int TIOCGPTPEER = 0x5441;
    private static final int TIOCSWINSZ = 0x5414;
    private static final int TIOCGWINSZ = 0x5413;
    private static final int FLAGS = Open.O_RDWR | Open.O_NOCTTY;

    private final Fd master;

    private Pty(Fd master) {
        this.master = master;
    }

    /**
     * Opens a terminal of the host.
     *
     * @return the terminal, to be closed by the caller
     * @throws LinuxException if there are too many, or no devpts is mounted
     */
    public static Pty open() throws LinuxException {
        return unlocked(Fd.open(Path.of("/dev/ptmx"), FLAGS, 0));
    }

    /**
     * Opens a terminal of a devpts instance.
     *
     * @param devpts the root of the instance, see {@link FileSystemType#DEVPTS}
     * @return the terminal, to be closed by the caller
     * @throws LinuxException if there are too many
     */
    public static Pty open(Fd devpts) throws LinuxException {
        try (Directory root = new Directory(devpts.duplicate());
                Fd master = root.open(FileName.bytes("ptmx"), FLAGS, 0)) {
            return unlocked(master.undelegated());
        }
    }

    private static Pty unlocked(Fd master) throws LinuxException {
        try (Scratch scratch = Scratch.open()) {
            Block zero = scratch.zeroed(8);
            long result = master.call(Syscall.IOCTL, TIOCSPTLCK, zero.address());
            if (result < 0) {
                master.close();
                throw LinuxException.of(result, "ioctl", master, "TIOCSPTLCK", "[0]");
            }
            return new Pty(master);
        }
    }

    /**
     * The master's end.
     *
     * @return the fd, which this object still owns
     */
    public Fd master() {
        return master;
    }

    /**
     * Opens the other end.
     *
     * @return the terminal that a program gets, close-on-exec, to be closed by the caller
     * @throws LinuxException if ioctl(2) fails
     */
    public Fd peer() throws LinuxException {
        return peer(master);
    }

    /**
     * Opens the other end of a master.
     *
     * @param master the master's end
     * @return the terminal that a program gets, close-on-exec, to be closed by the caller
     * @throws LinuxException if ioctl(2) fails
     */
    public static Fd peer(Fd master) throws LinuxException {
        long result = master.call(Syscall.IOCTL, TIOCGPTPEER, FLAGS | Open.O_CLOEXEC);
        if (result < 0) {
            throw LinuxException.of(result, "ioctl", master, "TIOCGPTPEER", "O_RDWR|O_NOCTTY|O_CLOEXEC");
        }
        return new Fd((int) result);
    }

    /**
     * Sets the size of a terminal; its foreground process group gets SIGWINCH.
     *
     * @param end one of its ends
     * @param rows 0 to 65535
     * @param columns 0 to 65535
     * @throws LinuxException if ioctl(2) fails
     */
    public static void resize(Fd end, int rows, int columns) throws LinuxException {
        try (Scratch scratch = Scratch.open()) {
            Block size = scratch.zeroed(8);
            size.buffer().putShort(0, (short) rows).putShort(2, (short) columns);
            long result = end.call(Syscall.IOCTL, TIOCSWINSZ, size.address());
            if (result < 0) {
                throw LinuxException.of(result, "ioctl", end, "TIOCSWINSZ", rows + " rows, " + columns + " columns");
            }
        }
    }

    /**
     * The size of a terminal.
     *
     * @param rows how many lines
     * @param columns how many characters in a line
     */
    public record Size(int rows, int columns) {}

    /**
     * Asks for the size of a terminal.
     *
     * @param end one of its ends
     * @return its size
     * @throws LinuxException ENOTTY if it is no terminal
     */
    public static Size size(Fd end) throws LinuxException {
        try (Scratch scratch = Scratch.open()) {
            Block size = scratch.zeroed(8);
            long result = end.call(Syscall.IOCTL, TIOCGWINSZ, size.address());
            if (result < 0) {
                throw LinuxException.of(result, "ioctl", end, "TIOCGWINSZ");
            }
            return new Size(size.buffer().getShort(0) & 0xFFFF, size.buffer().getShort(2) & 0xFFFF);
        }
    }

    static boolean isMaster(Fd fd) {
        try (Scratch scratch = Scratch.open()) {
            return fd.isOpen()
                    && fd.call(
                                    Syscall.IOCTL,
                                    TIOCGPTN & 0xFFFFFFFFL,
                                    scratch.block(4).address())
                            == 0;
        }
    }

    @Override
    public void close() {
        master.close();
    }

    @Override
    public String toString() {
        return "pty " + master;
    }
}

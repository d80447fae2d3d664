package io.lxj.linux;

final class Pty {
    private static final int TIOCGPTN = 0x80045430;

    private Pty() {}

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
}

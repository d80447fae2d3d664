package io.lxj.plan;

import io.lxj.linux.Arg;
import io.lxj.linux.Open;
import io.lxj.linux.ProgramBuilder;
import io.lxj.linux.Syscall;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Brings the loopback interface of a new network namespace up, as netdevice(7) describes it. */
final class LoopbackSteps {
    private static final int AF_INET = 2;
    private static final int SOCK_DGRAM = 2;
    private static final int SIOCSIFFLAGS = 0x8914;
    private static final short IFF_UP = 1;
    private static final int IFREQ_SIZE = 40;
    private static final int IFNAMSIZ = 16;

    private final ProgramBuilder program;

    LoopbackSteps(ProgramBuilder program) {
        this.program = program;
    }

    void up() {
        ByteBuffer ifreq = ByteBuffer.allocate(IFREQ_SIZE).order(ByteOrder.LITTLE_ENDIAN);
        ifreq.put("lo".getBytes(StandardCharsets.US_ASCII)).putShort(IFNAMSIZ, IFF_UP);
        Arg socket = program.step(
                        "open a socket",
                        Syscall.SOCKET,
                        Arg.of(AF_INET, "AF_INET"),
                        Arg.of(SOCK_DGRAM | Open.O_CLOEXEC, "SOCK_DGRAM|SOCK_CLOEXEC"),
                        0)
                .result();
        program.step(
                "bring lo up",
                Syscall.IOCTL,
                socket,
                Arg.of(SIOCSIFFLAGS, "SIOCSIFFLAGS"),
                program.bytes(ifreq.array(), "{lo, IFF_UP}"));
    }
}

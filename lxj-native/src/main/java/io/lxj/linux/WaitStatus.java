package io.lxj.linux;

import java.util.Optional;
import java.util.OptionalInt;

/**
 * How a process ended: by itself with an exit code, or by a signal. Immutable and thread-safe.
 *
 * @param raw the status as wait4(2) gives it: exit code in bits 8 to 15, signal in bits 0 to 6, core dump in bit 7
 */
public record WaitStatus(int raw) {
    private static final int CORE = 0x80;
    private static final int CLD_EXITED = 1;
    private static final int CLD_KILLED = 2;
    private static final int CLD_DUMPED = 3;

    /**
     * Checks that the process has ended.
     *
     * @param raw as wait4(2) reports it
     * @throws IllegalArgumentException for the status of a stopped or continued process
     */
    public WaitStatus {
        boolean stopped = (raw & 0x7F) == 0x7F;
        if (stopped || (raw & ~0xFFFF) != 0 || ((raw & 0x7F) == 0 && (raw & CORE) != 0)) {
            throw new IllegalArgumentException(
                    "not the wait status of an ended process: 0x" + Integer.toHexString(raw));
        }
    }

    /**
     * The status of a process that has ended by itself.
     *
     * @param code 0 to 255
     * @return the status
     */
    public static WaitStatus exited(int code) {
        return new WaitStatus((code & 0xFF) << 8);
    }

    /**
     * The status of a process that a signal has ended.
     *
     * @param signal the signal
     * @return the status
     */
    public static WaitStatus signaled(Signal signal) {
        return new WaitStatus(signal.number());
    }

    /**
     * Reads the fields of the siginfo_t that waitid(2) fills.
     *
     * @param code {@code si_code}: CLD_EXITED (1), CLD_KILLED (2) or CLD_DUMPED (3)
     * @param status {@code si_status}: the exit code or the signal
     * @return the status
     */
    public static WaitStatus ofSiginfo(int code, int status) {
        return switch (code) {
            case CLD_EXITED -> exited(status);
            case CLD_KILLED -> new WaitStatus(status);
            case CLD_DUMPED -> new WaitStatus(status | CORE);
            default -> throw new IllegalArgumentException("the process hasn't ended: si_code " + code);
        };
    }

    /**
     * The exit code.
     *
     * @return 0 to 255, or empty if a signal has ended the process
     */
    public OptionalInt exitCode() {
        return (raw & 0x7F) == 0 ? OptionalInt.of(raw >> 8) : OptionalInt.empty();
    }

    /**
     * The signal that has ended the process.
     *
     * @return the signal, or empty if the process ended by itself
     */
    public Optional<Signal> signal() {
        return (raw & 0x7F) == 0 ? Optional.empty() : Optional.of(new Signal(raw & 0x7F));
    }

    /**
     * Whether a core dump was written.
     *
     * @return true if one was
     */
    public boolean coreDumped() {
        return (raw & CORE) != 0;
    }

    /**
     * The value that a shell would give: the exit code, or 128 plus the signal.
     *
     * @return 0 to 255
     */
    public int shellCode() {
        return exitCode().orElseGet(() -> 128 + (raw & 0x7F));
    }

    @Override
    public String toString() {
        return signal().map(s -> "killed by " + s + (coreDumped() ? ", core dumped" : ""))
                .orElseGet(() -> "exit code " + (raw >> 8));
    }
}

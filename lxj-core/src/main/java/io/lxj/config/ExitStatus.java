package io.lxj.config;

import io.lxj.error.InvalidConfigException;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * How a container ended. Immutable and thread-safe.
 *
 * @param cause what ended it
 * @param code the exit code of the init, 0 to 255, if it exited by itself
 * @param signal the signal that the init was ended by, if it was a signal
 * @param reason why lxj killed it, or why its end isn't known
 */
public record ExitStatus(Cause cause, OptionalInt code, Optional<Signal> signal, Optional<String> reason) {
    private static final int HIGHEST_CODE = 255;

    /** What can end a container. */
    public enum Cause {
        /** Its init exited. */
        EXITED,

        /** Its init was ended by a signal that lxj didn't send. */
        SIGNALED,

        /**
         * Its init was ended by a SIGKILL that lxj didn't send, and the kernel has killed processes of the container in that
         * run because memory ran out: that of the container, or of a cgroup around it, or of the host. It takes the memory
         * controller of cgroup v2 to know; else the cause is {@link #SIGNALED}.
         */
        OUT_OF_MEMORY,

        /** The container asked for a halt or to be powered off, with reboot(2). */
        HALTED,

        /** The container asked for a reboot, with reboot(2). */
        REBOOTED,

        /** lxj killed it. */
        KILLED,

        /** Nobody saw it end, for example because the host lost its power. */
        UNKNOWN
    }

    /**
     * Checks that nothing is missing.
     *
     * @param cause see {@link #cause()}
     * @param code see {@link #code()}
     * @param signal see {@link #signal()}
     * @param reason see {@link #reason()}
     * @throws InvalidConfigException if there is a code that isn't from 0 to 255
     */
    public ExitStatus {
        Objects.requireNonNull(cause, "cause");
        Objects.requireNonNull(code, "code");
        Objects.requireNonNull(signal, "signal");
        Objects.requireNonNull(reason, "reason");
        if (code.isPresent() && (code.getAsInt() < 0 || code.getAsInt() > HIGHEST_CODE)) {
            throw new InvalidConfigException("exit code", code.getAsInt(), "a number from 0 to " + HIGHEST_CODE);
        }
    }

    /**
     * The init exited.
     *
     * @param code its exit code, 0 to 255
     * @return the status
     * @throws InvalidConfigException if the code is outside of that range
     */
    public static ExitStatus exited(int code) {
        return new ExitStatus(Cause.EXITED, OptionalInt.of(code), Optional.empty(), Optional.empty());
    }

    /**
     * The init of a PID namespace was ended by a signal that lxj didn't send. When the container calls reboot(2), the
     * kernel ends its init by SIGHUP for a reboot, and by SIGINT for a halt, see reboot(2).
     *
     * @param signal the signal
     * @return the status: rebooted for SIGHUP, halted for SIGINT, else signaled
     */
    public static ExitStatus signaled(Signal signal) {
        Cause cause = Cause.SIGNALED;
        if (signal.number() == Signal.SIGHUP.number()) {
            cause = Cause.REBOOTED;
        } else if (signal.number() == Signal.SIGINT.number()) {
            cause = Cause.HALTED;
        }
        return new ExitStatus(cause, OptionalInt.empty(), Optional.of(signal), Optional.empty());
    }

    /**
     * The kernel killed the init because memory ran out.
     *
     * @return the status
     */
    public static ExitStatus outOfMemory() {
        return new ExitStatus(Cause.OUT_OF_MEMORY, OptionalInt.empty(), Optional.of(Signal.SIGKILL), Optional.empty());
    }

    /**
     * lxj killed the container.
     *
     * @param reason why, for example {@code it did not shut down within 20 s}
     * @return the status
     */
    public static ExitStatus killed(String reason) {
        return new ExitStatus(Cause.KILLED, OptionalInt.empty(), Optional.of(Signal.SIGKILL), Optional.of(reason));
    }

    /**
     * Nobody saw the container end.
     *
     * @param reason why, for example {@code the host was restarted}
     * @return the status
     */
    public static ExitStatus unknown(String reason) {
        return new ExitStatus(Cause.UNKNOWN, OptionalInt.empty(), Optional.empty(), Optional.of(reason));
    }

    /** {@return whether the container ended as it should: by a halt, a reboot or an exit with code 0} */
    public boolean isClean() {
        return cause == Cause.HALTED || cause == Cause.REBOOTED || (code.isPresent() && code.getAsInt() == 0);
    }

    /** {@return how it ended in words, for example {@code exited with code 1}} */
    @Override
    public String toString() {
        switch (cause) {
            case EXITED:
                return "exited with code " + code.orElse(0);
            case SIGNALED:
                return "ended by " + signal.map(Signal::name).orElse("a signal");
            case OUT_OF_MEMORY:
                return "killed by the kernel because memory ran out";
            case HALTED:
                return "halted";
            case REBOOTED:
                return "rebooted";
            case KILLED:
                return "killed: " + reason.orElse("no reason given");
            default:
                return "unknown: " + reason.orElse("no reason given");
        }
    }
}

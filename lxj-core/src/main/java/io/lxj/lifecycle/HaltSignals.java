package io.lxj.lifecycle;

import io.lxj.config.Config;
import io.lxj.config.ImageInfo;
import io.lxj.config.InitSystem;
import io.lxj.config.Signal;

/**
 * What an init does on which signal.
 *
 * @param halt asks it to end the container
 * @param reboot asks it to restart the container
 */
record HaltSignals(Signal halt, Signal reboot) {
    /** SIGRTMIN+4 powers off and SIGRTMIN+5 reboots, see systemd(1). */
    private static final HaltSignals SYSTEMD = new HaltSignals(Signal.realTime(4), Signal.realTime(5));
    /** The init applet of busybox: SIGUSR2 powers off, SIGTERM reboots. */
    private static final HaltSignals BUSYBOX = new HaltSignals(Signal.SIGUSR2, Signal.SIGTERM);
    /** sysvinit, OpenRC and upstart: SIGPWR means that the power fails, SIGINT is Ctrl-Alt-Del. */
    private static final HaltSignals SYSVINIT = new HaltSignals(Signal.SIGPWR, Signal.SIGINT);
    /** A program that isn't known as an init. */
    private static final HaltSignals OTHER = new HaltSignals(Signal.SIGTERM, Signal.SIGTERM);

    /** The configuration's own signals; where it has none, those of the image's init if that is what is run. */
    static HaltSignals of(Config config, ImageInfo image) {
        HaltSignals usual = of(BootedInit.of(config, image));
        return new HaltSignals(
                config.stopSignal().orElse(usual.halt()), config.rebootSignal().orElse(usual.reboot()));
    }

    private static HaltSignals of(InitSystem init) {
        return switch (init) {
            case SYSTEMD -> SYSTEMD;
            case BUSYBOX -> BUSYBOX;
            case SYSVINIT, OPENRC, UPSTART -> SYSVINIT;
            default -> OTHER;
        };
    }
}

package io.lxj.lifecycle;

import io.lxj.config.Signal;

/**
 * What an init does on which signal.
 *
 * @param halt asks it to end the container
 * @param reboot asks it to restart the container
 */
record HaltSignals(Signal halt, Signal reboot) {
    /** SIGRTMIN+4 and SIGRTMIN+5, see systemd(1). */
    static final HaltSignals SYSTEMD = new HaltSignals(Signal.realTime(4), Signal.realTime(5));
    /** The init applet of busybox: SIGUSR2 powers off, SIGTERM reboots. */
    static final HaltSignals BUSYBOX = new HaltSignals(Signal.SIGUSR2, Signal.SIGTERM);
    /** sysvinit, OpenRC and upstart: SIGPWR means that the power fails, SIGINT is Ctrl-Alt-Del. */
    static final HaltSignals SYSVINIT = new HaltSignals(Signal.SIGPWR, Signal.SIGINT);
    /** A program that isn't known as an init. */
    static final HaltSignals OTHER = new HaltSignals(Signal.SIGTERM, Signal.SIGTERM);
}

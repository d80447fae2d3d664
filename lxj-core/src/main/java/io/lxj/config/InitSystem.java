package io.lxj.config;

/**
 * Which program an image boots with. What halts and reboots it depends on the program that is process 1: Alpine's
 * OpenRC, for example, is started by busybox init, and so is {@link #BUSYBOX} here.
 */
public enum InitSystem {
    /** systemd. */
    SYSTEMD,
    /** OpenRC's own init, or sysvinit that starts OpenRC. */
    OPENRC,
    /** Upstart. */
    UPSTART,
    /** The init of busybox. */
    BUSYBOX,
    /** sysvinit. */
    SYSVINIT,
    /** runit. */
    RUNIT,
    /** s6-linux-init. */
    S6,
    /** There is an init, but it is none of the above. */
    OTHER,
    /** There is no init. */
    NONE
}

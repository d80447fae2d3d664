package io.lxj.linux;

/** Operations of keyctl(2), under their own names. */
public final class Keyctl {
    /** Gives the process another session keyring, or a new one. */
    public static final int KEYCTL_JOIN_SESSION_KEYRING = 1;
    /** Tells what a key is. */
    public static final int KEYCTL_DESCRIBE = 6;
    /** Tells what the kernel can do with keys, and does nothing. */
    public static final int KEYCTL_CAPABILITIES = 31;

    private Keyctl() {}
}

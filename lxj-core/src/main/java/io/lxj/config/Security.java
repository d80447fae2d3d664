package io.lxj.config;

import java.util.List;
import java.util.Optional;

/**
 * What the processes of a container may do: its init and whatever is executed in it, all alike. An immutable value: every
 * method that sets something returns a new one. Thread-safe.
 *
 * <pre>{@code
 * config.security(Security.DEFAULT
 *         .seccomp(SeccompProfile.standard().deny("ptrace"))
 *         .dropCapabilities(Capability.NET_RAW)
 *         .noNewPrivileges())
 * }</pre>
 */
public final class Security {
    /** Empty for the standard profile, whose rules need not be made then. */
    static final Setting<Optional<SeccompProfile>> SECCOMP = Setting.optional("seccomp");

    static final Setting<CapabilityChanges> CAPABILITIES = Setting.of("capabilities", CapabilityChanges.NONE);
    static final Setting<Boolean> NO_NEW_PRIVILEGES = Setting.of("noNewPrivileges", false);

    static final List<Setting<?>> ALL = List.of(SECCOMP, CAPABILITIES, NO_NEW_PRIVILEGES);

    /** What holds unless something else is set. */
    public static final Security DEFAULT = new Security(Settings.NONE);

    private final Settings settings;

    private Security(Settings settings) {
        this.settings = settings;
    }

    private <T> Security with(Setting<T> setting, T value) {
        return new Security(settings.with(setting, value));
    }

    /** {@return which system calls can be made; {@link SeccompProfile#standard()} unless set} */
    public SeccompProfile seccomp() {
        return settings.get(SECCOMP).orElse(SeccompProfile.standard());
    }

    boolean hasOwnSeccomp() {
        return settings.get(SECCOMP).isPresent();
    }

    /**
     * The same with another filter of system calls.
     *
     * @param profile which system calls can be made; {@link SeccompProfile#unconfined()} for all
     * @return the settings
     */
    public Security seccomp(SeccompProfile profile) {
        return with(SECCOMP, profile.isStandard() ? Optional.empty() : Optional.of(profile));
    }

    /** {@return what differs from the capabilities that a container has by default} */
    public CapabilityChanges capabilities() {
        return settings.get(CAPABILITIES);
    }

    /**
     * The same with other capabilities.
     *
     * @param changes what differs from the capabilities that a container has by default
     * @return the settings
     */
    public Security capabilities(CapabilityChanges changes) {
        return with(CAPABILITIES, changes);
    }

    /**
     * The same, but root in the container doesn't have some capabilities, whatever program it executes.
     *
     * @param capabilities the capabilities
     * @return the settings
     */
    public Security dropCapabilities(Capability... capabilities) {
        return capabilities(capabilities().drop(capabilities));
    }

    /**
     * The same, but root in the container has some capabilities that it would not have by default. In a container without
     * a user namespace they hold for the whole host.
     *
     * @param capabilities the capabilities
     * @return the settings
     */
    public Security keepCapabilities(Capability... capabilities) {
        return capabilities(capabilities().keep(capabilities));
    }

    /** {@return whether programs can't gain privileges by being executed; they can unless set} */
    public boolean isNoNewPrivileges() {
        return settings.get(NO_NEW_PRIVILEGES);
    }

    /**
     * The same, but no program gains privileges by being executed: set-user-id bits and capabilities of files have no
     * effect, see PR_SET_NO_NEW_PRIVS in prctl(2). Commands like su and sudo don't work then.
     *
     * @return the settings
     */
    public Security noNewPrivileges() {
        return with(NO_NEW_PRIVILEGES, true);
    }

    @Override
    public boolean equals(Object other) {
        return this == other || other instanceof Security security && settings.equals(security.settings);
    }

    @Override
    public int hashCode() {
        return settings.hashCode();
    }

    /** {@return what is set, in words} */
    @Override
    public String toString() {
        return "Security" + settings.show(ALL);
    }
}

package io.lxj.config;

import java.util.List;
import java.util.Optional;

/**
 * What the processes of a container may do: its init and whatever is executed in it, all alike. An immutable value: every
 * method that sets something returns a new one. Thread-safe.
 *
 * <pre>{@code
 * config.security(Security.DEFAULT.seccomp(SeccompProfile.standard().deny("ptrace")))
 * }</pre>
 */
public final class Security {
    /** Empty for the standard profile, whose rules need not be made then. */
    static final Setting<Optional<SeccompProfile>> SECCOMP = Setting.optional("seccomp");

    static final List<Setting<?>> ALL = List.of(SECCOMP);

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
        return settings.get(SECCOMP).orElseGet(SeccompProfile::standard);
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
        return with(SECCOMP, profile.equals(SeccompProfile.standard()) ? Optional.empty() : Optional.of(profile));
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

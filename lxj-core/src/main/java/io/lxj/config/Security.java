package io.lxj.config;

import io.lxj.error.InvalidConfigException;
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

    static final Setting<Optional<String>> APP_ARMOR = Setting.optional("appArmor");
    static final Setting<Optional<String>> SE_LINUX = Setting.optional("seLinux");

    static final List<Setting<?>> ALL = List.of(SECCOMP, CAPABILITIES, NO_NEW_PRIVILEGES, APP_ARMOR, SE_LINUX);

    /** What the kernel takes at once, see proc_pid_attr(5), without the word in front that AppArmor wants. */
    private static final int LONGEST_LABEL = 4000;

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

    /** {@return the AppArmor profile that the container's processes are confined by; empty if none is set} */
    public Optional<String> appArmor() {
        return settings.get(APP_ARMOR);
    }

    /**
     * The same, but the container's processes are confined by a profile of AppArmor, see apparmor(7), from the first
     * instruction of their program on. The profile must be loaded already, or the start fails; on a host where AppArmor
     * isn't in force, the container can't be created.
     *
     * @param profile its name, for example {@code lxj-container}
     * @return the settings
     * @throws io.lxj.error.InvalidConfigException if it isn't a name
     */
    public Security appArmor(String profile) {
        return with(APP_ARMOR, Optional.of(label(APP_ARMOR, profile)));
    }

    /** {@return the SELinux label that the container's processes have; empty if none is set} */
    public Optional<String> seLinux() {
        return settings.get(SE_LINUX);
    }

    /**
     * The same, but the container's processes have a label of SELinux, see selinux(8). The policy must know it and allow
     * the change to it, or the start fails; on a host where SELinux isn't in force, the container can't be created. The
     * labels of files are left alone.
     *
     * @param label the whole context, for example {@code system_u:system_r:container_t:s0:c1,c2}
     * @return the settings
     * @throws io.lxj.error.InvalidConfigException if it isn't a label
     */
    public Security seLinux(String label) {
        return with(SE_LINUX, Optional.of(label(SE_LINUX, label)));
    }

    private static String label(Setting<?> setting, String label) {
        String field = "security." + setting.name();
        Text.check(field, label);
        if (label.isBlank() || Text.byteLength(label) > LONGEST_LABEL) {
            throw new InvalidConfigException(field, label, "text of 1 to " + LONGEST_LABEL + " bytes");
        }
        return label;
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

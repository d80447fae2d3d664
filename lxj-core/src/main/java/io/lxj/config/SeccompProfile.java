package io.lxj.config;

import io.lxj.error.InvalidConfigException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * Which system calls the processes of a container can make: a filter that the kernel applies to each of them, see
 * seccomp(2), for the init and for what is executed alike. An immutable value: every method that sets something returns
 * a new one, so that a profile can be derived from another. Thread-safe.
 *
 * <pre>{@code
 * SeccompProfile.standard().allow("io_uring_setup", "io_uring_enter", "io_uring_register")
 * SeccompProfile.of(SeccompAction.errno(SeccompAction.EPERM)).allow("read", "write", "execve", "exit_group")
 * SeccompProfile.fromJson(Files.readString(Path.of("docker-default.json")))
 * }</pre>
 *
 * <p>Where several rules fit a call, the last one decides. Names are checked when a container is created: a name that no
 * system call has is refused, and so is a profile that would keep the init from being executed.
 */
public final class SeccompProfile {
    private static final SeccompAction ENOSYS = SeccompAction.errno(SeccompAction.ENOSYS);
    private static final SeccompProfile UNCONFINED = new SeccompProfile(
            SeccompAction.ALLOW, SeccompAction.ALLOW, EnumSet.allOf(SeccompArchitecture.class), List.of());
    private static final EnumSet<SeccompArchitecture> USUAL = EnumSet.complementOf(EnumSet.of(SeccompArchitecture.X32));

    /** Its rules are made only when somebody looks at them: most containers have it, already compiled. */
    private static final SeccompProfile STANDARD = new SeccompProfile(SeccompAction.ALLOW, ENOSYS, USUAL);

    private final SeccompAction defaultAction;
    private final SeccompAction newerAction;
    private final Set<SeccompArchitecture> architectures;
    private final List<SeccompRule> rules;

    private SeccompProfile(
            SeccompAction defaultAction, SeccompAction newerAction, Set<SeccompArchitecture> architectures) {
        this.defaultAction = defaultAction;
        this.newerAction = newerAction;
        this.architectures = Enums.set(SeccompArchitecture.class, architectures);
        this.rules = null;
    }

    SeccompProfile(
            SeccompAction defaultAction,
            SeccompAction newerAction,
            Set<SeccompArchitecture> architectures,
            List<SeccompRule> rules) {
        this.defaultAction = Objects.requireNonNull(defaultAction, "defaultAction");
        this.newerAction = Objects.requireNonNull(newerAction, "newerAction");
        this.architectures = Enums.set(SeccompArchitecture.class, architectures);
        this.rules = List.copyOf(rules);
    }

    /**
     * The profile that a container has unless another is set: a whole Linux userland runs under it, with its own init,
     * but the calls are denied that reach outside of a container or that have no use in one. Its text, {@link
     * #toString}, lists all its rules. What a later version of lxj denies by default may differ.
     *
     * @return the profile
     */
    public static SeccompProfile standard() {
        return STANDARD;
    }

    /**
     * No filter at all: every system call reaches the kernel.
     *
     * @return the profile
     */
    public static SeccompProfile unconfined() {
        return UNCONFINED;
    }

    /**
     * A profile without rules. If it denies, then calls that are newer than those that its rules name fail with ENOSYS.
     * The 64-bit and 32-bit calls of the host's architecture can be used, x32 calls can't.
     *
     * @param defaultAction what becomes of a call for which there is no rule
     * @return the profile
     */
    public static SeccompProfile of(SeccompAction defaultAction) {
        return new SeccompProfile(defaultAction, defaultAction.allows() ? defaultAction : ENOSYS, USUAL, List.of());
    }

    /**
     * The profile in a JSON text: in the format of Docker's {@code seccomp.json}, in that of the OCI's runtime
     * specification (the object under {@code linux.seccomp}), or as {@link #toJson} writes it. The text may come from
     * anywhere: its size and depth are limited, and nothing in it is ignored.
     *
     * <p>As in runc, several conditions of a rule on the same argument are alternatives, if they are in {@code args}; those
     * in {@code allArgs}, a key of lxj's own, must all be met. An error number that isn't given is that of EPERM; one that
     * the action doesn't have is refused, and a name beside it ({@code errno}), as Podman writes it, is a comment. Null
     * stands for what isn't given. Where neither {@code archMap}
     * nor {@code architectures} is given, only 64-bit calls can be used. Calls of a way into the kernel that isn't listed
     * fail with ENOSYS.
     *
     * @param json the text
     * @return the profile
     * @throws InvalidConfigException if it isn't JSON, with line and column; if it has a key that isn't known or is there
     *     twice, or a value that isn't allowed, with its path
     */
    public static SeccompProfile fromJson(String json) {
        return SeccompReader.read(JsonInput.parse(json));
    }

    /**
     * The profile as JSON, in the format of Docker's {@code seccomp.json}; with the keys {@code newerAction}, {@code
     * newerErrnoRet}, {@code userNamespace} and {@code allArgs} of lxj's own where they are needed.
     *
     * @return the text; {@link #fromJson} makes an equal profile of it
     */
    public String toJson() {
        return JsonOutput.print(SeccompForm.write(this));
    }

    /** {@return what becomes of a call for which there is no rule} */
    public SeccompAction defaultAction() {
        return defaultAction;
    }

    /** {@return what becomes of a call that is newer than the profile} */
    public SeccompAction newerAction() {
        return newerAction;
    }

    /**
     * The same with another action for newer calls: those that this version of lxj has no name for, and, if the profile
     * denies by default, those that are newer than all that its rules name.
     *
     * @param action what becomes of such a call
     * @return the profile
     */
    public SeccompProfile newerAction(SeccompAction action) {
        return new SeccompProfile(defaultAction, action, architectures, rules());
    }

    /** {@return the ways into the kernel that can be used} */
    public Set<SeccompArchitecture> architectures() {
        return architectures;
    }

    /**
     * The same with these ways into the kernel only; calls of others fail with ENOSYS.
     *
     * @param all the ways
     * @return the profile
     */
    public SeccompProfile architectures(Set<SeccompArchitecture> all) {
        return new SeccompProfile(defaultAction, newerAction, all, rules());
    }

    /** {@return the rules; where several fit a call, the last one decides} */
    public List<SeccompRule> rules() {
        return rules == null ? StandardSeccompRules.ALL : rules;
    }

    /**
     * The same with one more rule, which takes precedence over the others.
     *
     * @param rule the rule
     * @return the profile
     */
    public SeccompProfile rule(SeccompRule rule) {
        List<SeccompRule> all = new ArrayList<>(rules());
        all.add(Objects.requireNonNull(rule, "rule"));
        return new SeccompProfile(defaultAction, newerAction, architectures, all);
    }

    /**
     * The same, but some calls are made, whatever the rules so far say.
     *
     * @param calls the calls
     * @return the profile
     * @throws InvalidConfigException if there is no call, or one of a name that no call can have
     */
    public SeccompProfile allow(String... calls) {
        return rule(SeccompRule.of(SeccompAction.ALLOW, calls));
    }

    /**
     * The same, but some calls fail with EPERM, whatever the rules so far say.
     *
     * @param calls the calls
     * @return the profile
     * @throws InvalidConfigException if there is no call, or one of a name that no call can have
     */
    public SeccompProfile deny(String... calls) {
        return rule(SeccompRule.of(SeccompAction.errno(SeccompAction.EPERM), calls));
    }

    /**
     * Whether it is the profile that a container has unless another is set.
     *
     * @return true for {@link #standard()}
     */
    public boolean isStandard() {
        return equals(STANDARD);
    }

    /**
     * Whether there is any call that it doesn't simply let through.
     *
     * @return false for {@link #unconfined()}
     */
    public boolean isFilter() {
        return this == STANDARD || !equals(UNCONFINED);
    }

    @Override
    public boolean equals(Object other) {
        return this == other
                || other instanceof SeccompProfile profile
                        && defaultAction.equals(profile.defaultAction)
                        && newerAction.equals(profile.newerAction)
                        && architectures.equals(profile.architectures)
                        && rules().equals(profile.rules());
    }

    @Override
    public int hashCode() {
        return Objects.hash(defaultAction, newerAction, architectures, rules());
    }

    /** {@return the rules, a line each, in the order in which they are applied, and then what holds for other calls} */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        rules().forEach(rule -> text.append(rule).append('\n'));
        return text.append(defaultAction)
                .append(": all others; ")
                .append(newerAction)
                .append(": newer ones; only by ")
                .append(architectures)
                .append('\n')
                .toString();
    }
}

package io.lxj.linux;

/**
 * What a probe has found.
 *
 * @param available whether it works
 * @param detail what was seen
 * @param advice better advice than the feature's own, or empty
 */
record Outcome(boolean available, String detail, String advice) {
    private static final String ASK_FOR_PRIVILEGES = "run as root, or allow user namespaces to this user";
    private static final String SEE_CAPABILITIES = "see " + ProbedFeature.CAPABILITIES.title();
    /** What to do where the process of a trial has disappeared. */
    static final String KILLED = "a seccomp filter around this process ends whoever makes certain calls: relax it";

    /** Says nothing of the feature, so that no advice fits either. */
    static final Outcome NOT_FOUND_OUT = no("not found out");

    static Outcome yes(String detail) {
        return new Outcome(true, detail, "");
    }

    static Outcome no(String detail) {
        return no(detail, "");
    }

    static Outcome no(String detail, String advice) {
        return new Outcome(false, detail, advice);
    }

    /** A call that was refused. Advice of the feature's own is for a kernel that doesn't have it at all. */
    static Outcome failed(String call, int errno, boolean privileged) {
        String name = Errno.of(errno).map(Errno::name).orElse("error " + errno);
        return no(call + ": " + name, advice(Errno.of(errno).orElse(null), privileged));
    }

    static Outcome failed(LinuxException failure, boolean privileged) {
        return failed(failure.call(), failure.errno().map(Errno::number).orElse(0), privileged);
    }

    private static String advice(Errno errno, boolean privileged) {
        if (errno == Errno.ENOSYS) {
            return "use Linux 5.14 or later; if this is one, a seccomp filter around this process hides the call";
        }
        if (errno == Errno.ENOSPC || errno == Errno.EUSERS) {
            return "too many namespaces: raise the limits in /proc/sys/user/max_*_namespaces"
                    + (HostFacts.machine().available()
                            ? ""
                            : ", of the container around, which may forbid them (bwrap --disable-userns), too");
        }
        if (errno == Errno.EPERM || errno == Errno.EACCES) {
            if (!privileged && HostFacts.lackOfRoot().isPresent()) {
                return SEE_CAPABILITIES;
            }
            boolean isConfined = privileged || SecurityModules.profile().isPresent();
            return isConfined ? SecurityModules.advice() : ASK_FOR_PRIVILEGES;
        }
        if (errno == Errno.EROFS) {
            return "what it takes of /proc is mounted read-only here: have one that can be written";
        }
        if (errno == Errno.ESRCH) {
            return KILLED;
        }
        return "";
    }

    /** Whether it is there, and something keeps this process from using it. */
    boolean isForbidden() {
        return advice.startsWith(SecurityModules.FORBIDDEN) || advice.equals(ASK_FOR_PRIVILEGES);
    }

    /** The same with better advice. */
    Outcome advised(String better) {
        return new Outcome(available, detail, better);
    }

    /** The same for a feature to which a user namespace is no way. */
    Outcome notByUserNamespace() {
        return advice.equals(ASK_FOR_PRIVILEGES) ? no(detail) : this;
    }
}

package io.lxj.error;

/**
 * The host lacks something that is needed: a kernel feature, a cgroup controller, a privilege. Nothing was created.
 *
 * @serial exclude
 */
public class UnsupportedHostException extends LxjException {
    private static final long serialVersionUID = 1L;

    private final String feature;

    /**
     * The host lacks a feature.
     *
     * @param action what was being done, for example {@code start web1}
     * @param feature what the host lacks, for example {@code cgroup v2}
     * @param hint what to do about it
     */
    public UnsupportedHostException(String action, String feature, String hint) {
        super(Failure.of(action, "this host has no " + feature).hint(hint));
        this.feature = feature;
    }

    /**
     * What the host lacks.
     *
     * @return the name of the feature
     */
    public final String feature() {
        return feature;
    }
}

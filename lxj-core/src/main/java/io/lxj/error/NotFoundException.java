package io.lxj.error;

/**
 * An image, a container or something in one was asked for by a name that nothing has.
 *
 * @serial exclude
 */
public class NotFoundException extends LxjException {
    private static final long serialVersionUID = 1L;

    private final String kind;
    private final String name;

    /**
     * Nothing of this kind has this name.
     *
     * @param kind what was looked for, for example {@code image}
     * @param name the name
     */
    public NotFoundException(String kind, String name) {
        super(Failure.of(kind + " " + name, "not found"));
        this.kind = kind;
        this.name = name;
    }

    /**
     * Nothing of this kind has this name, with advice.
     *
     * @param kind what was looked for
     * @param name the name
     * @param hint what to do, for example which names there are
     */
    public NotFoundException(String kind, String name, String hint) {
        super(Failure.of(kind + " " + name, "not found").hint(hint));
        this.kind = kind;
        this.name = name;
    }

    /**
     * What was looked for.
     *
     * @return its kind, for example {@code image}
     */
    public final String kind() {
        return kind;
    }

    /**
     * The name that nothing has.
     *
     * @return the name
     */
    public final String name() {
        return name;
    }
}

package io.lxj.error;

/**
 * A name was given to something new that something of its kind has already.
 *
 * @serial exclude
 */
public class AlreadyExistsException extends LxjException {
    private static final long serialVersionUID = 1L;

    private final String kind;
    private final String name;

    /**
     * Something of this kind has this name.
     *
     * @param kind what has the name, for example {@code container}
     * @param name the name
     */
    public AlreadyExistsException(String kind, String name) {
        super(Failure.of(kind + " " + name, "exists already").hint("choose another name or remove that one first"));
        this.kind = kind;
        this.name = name;
    }

    /**
     * What has the name.
     *
     * @return its kind, for example {@code container}
     */
    public final String kind() {
        return kind;
    }

    /**
     * The name.
     *
     * @return the name
     */
    public final String name() {
        return name;
    }
}

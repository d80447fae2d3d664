package io.lxj.storage;

/**
 * What a lock protects. A thread that needs several takes them in this order, so that no two wait for each other: first
 * containers (of several, those whose names sort first), then images, then the state folder. Immutable and thread-safe.
 *
 * @param kind what is protected
 * @param name its name, empty for the state folder
 */
public record LockName(Kind kind, String name) implements Comparable<LockName> {
    /** What can be protected, in the order in which locks are taken. */
    public enum Kind {
        /** A container of that name, whether there is one or not. */
        CONTAINER,
        /** An image of that name, whether there is one or not. */
        IMAGE,
        /** What concerns all containers and images, such as the list of their names. */
        STATE
    }

    /**
     * The lock of a container.
     *
     * @param name its name, checked by the caller
     * @return the lock's name
     */
    public static LockName container(String name) {
        return new LockName(Kind.CONTAINER, name);
    }

    /**
     * The lock of an image. Who makes something from the image shares it; who removes or renames the image has it alone.
     *
     * @param name its name, checked by the caller
     * @return the lock's name
     */
    public static LockName image(String name) {
        return new LockName(Kind.IMAGE, name);
    }

    /**
     * The lock of the state folder as a whole.
     *
     * @return the lock's name
     */
    public static LockName state() {
        return new LockName(Kind.STATE, "");
    }

    String fileName() {
        switch (kind) {
            case CONTAINER:
                return "container." + name;
            case IMAGE:
                return "image." + name;
            default:
                return "state";
        }
    }

    @Override
    public int compareTo(LockName other) {
        int byKind = kind.compareTo(other.kind);
        return byKind != 0 ? byKind : name.compareTo(other.name);
    }

    @Override
    public String toString() {
        return kind == Kind.STATE ? "the state folder" : kind == Kind.CONTAINER ? "container " + name : "image " + name;
    }
}

package io.lxj.storage;

import java.util.Optional;

/**
 * What a lock protects. A thread that needs several takes them in this order, so that no two wait for each other: first
 * containers (of several, those whose names sort first), then images, then the state folder. Immutable and thread-safe.
 *
 * @param kind what is protected
 * @param name its name, empty for the state folder
 */
public record LockName(Kind kind, String name) implements Comparable<LockName> {
    private static final String CONTAINER_PREFIX = "container.";
    private static final String IMAGE_PREFIX = "image.";

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
                return CONTAINER_PREFIX + name;
            case IMAGE:
                return IMAGE_PREFIX + name;
            default:
                return "state";
        }
    }

    /** The container's or image's lock that a file is, or empty if it is none. */
    static Optional<LockName> ofFile(String fileName) {
        for (Kind kind : new Kind[] {Kind.CONTAINER, Kind.IMAGE}) {
            String prefix = kind == Kind.CONTAINER ? CONTAINER_PREFIX : IMAGE_PREFIX;
            if (fileName.startsWith(prefix) && fileName.length() > prefix.length()) {
                return Optional.of(new LockName(kind, fileName.substring(prefix.length())));
            }
        }
        return Optional.empty();
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

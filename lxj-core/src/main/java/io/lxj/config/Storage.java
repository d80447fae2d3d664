package io.lxj.config;

/**
 * How a container gets a root file system of its own from its image. On a file system that no mount can map the ids of,
 * such as an overlay, a container with a user namespace gets a full copy whose files have its ids on the host, whichever
 * of these is asked for.
 */
public enum Storage {
    /**
     * An overlay above the image: made in constant time, takes the space of what the container changes. The image must
     * stay as long as the container does.
     */
    OVERLAY,

    /**
     * A full copy of the image, with shared extents where the file system has them. Takes longer to make, and outlives
     * the image. It is run as the upper layer of an overlay above nothing, so that it is a file system of its own. Where
     * the kernel makes no overlay of it, it runs all the same; but then root in a container without a user namespace can
     * make the file system that the copy is on read-only for the whole host (remount, see mount(2)), and the shutdown
     * scripts of some systems try.
     */
    COPY
}

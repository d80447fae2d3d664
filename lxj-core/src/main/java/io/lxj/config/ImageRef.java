package io.lxj.config;

/** Something that stands for an image by its name, so that a configuration can be made from an image at hand. */
@FunctionalInterface
public interface ImageRef {
    /**
     * The name of the image.
     *
     * @return its name in the state folder
     */
    String name();
}

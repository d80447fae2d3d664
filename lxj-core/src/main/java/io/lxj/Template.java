package io.lxj;

import io.lxj.config.Config;
import java.util.Objects;

/**
 * An image that lxj made of what this host has, and how containers are to be made of it. An immutable value;
 * thread-safe.
 *
 * @param image the image
 * @param config the configuration to begin with
 */
public record Template(Image image, Config config) {
    /**
     * Checks that nothing is missing.
     *
     * @param image the image
     * @param config the configuration to begin with
     * @throws NullPointerException if an argument is null
     */
    public Template {
        Objects.requireNonNull(image, "image");
        Objects.requireNonNull(config, "config");
    }
}

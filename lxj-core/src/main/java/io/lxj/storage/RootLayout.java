package io.lxj.storage;

import java.util.Map;

/**
 * Of what an overlay that is a container's root consists, as paths below two mounts. Immutable and thread-safe.
 *
 * @param ownLower whether the lower layer is a mount of its own, or in the container's folder
 * @param lower the path of the lower layer; empty for the mount itself
 * @param upper the path of the upper layer in the container's folder
 * @param work the path of the work directory in the container's folder
 */
public record RootLayout(boolean ownLower, String lower, String upper, String work) {
    /**
     * The options of the overlay, beside layers and {@code userxattr}.
     *
     * @return the values by name
     */
    public Map<String, String> options() {
        return OverlayMount.OPTIONS;
    }
}

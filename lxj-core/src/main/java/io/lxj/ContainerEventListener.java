package io.lxj;

import io.lxj.config.ContainerEvent;

/**
 * Is told what the kernel tells of a container. The calls come one at a time and in order, on a thread of lxj that may be
 * kept as long as needed: a listener that is slow loses events, and holds nobody up. Needs to be thread-safe only if it
 * listens to several containers.
 */
@FunctionalInterface
public interface ContainerEventListener {
    /**
     * Something has happened.
     *
     * @param container the container
     * @param event what has happened
     */
    void happened(Container container, ContainerEvent event);

    /**
     * Events were lost, because more than a thousand were waiting for this listener.
     *
     * @param container the container
     * @param events how many
     */
    default void lost(Container container, long events) {}
}

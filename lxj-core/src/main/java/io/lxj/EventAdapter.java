package io.lxj;

import io.lxj.config.ContainerEvent;
import io.lxj.lifecycle.ContainerEvents;

/** Tells a listener of the API of what happens. */
record EventAdapter(Container container, ContainerEventListener listener) implements ContainerEvents.Listener {
    @Override
    public void happened(ContainerEvent event) {
        listener.happened(container, event);
    }

    @Override
    public void lost(long events) {
        listener.lost(container, events);
    }
}

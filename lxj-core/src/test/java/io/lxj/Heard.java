package io.lxj;

import static org.assertj.core.api.Assertions.assertThat;

import io.lxj.config.ContainerEvent;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Notes the events of a container. */
final class Heard implements ContainerEventListener {
    private final BlockingQueue<ContainerEvent> events = new LinkedBlockingQueue<>();

    @Override
    public void happened(Container container, ContainerEvent event) {
        events.add(event);
    }

    /** The next event, which has to be of that kind. */
    <E extends ContainerEvent> E next(Class<E> kind) throws InterruptedException {
        ContainerEvent event = events.poll(60, TimeUnit.SECONDS);
        assertThat(event).isInstanceOf(kind);
        return kind.cast(event);
    }

    /** The next event of that kind; others before it don't matter. */
    <E extends ContainerEvent> E nextOf(Class<E> kind) throws InterruptedException {
        ContainerEvent event;
        do {
            event = events.poll(60, TimeUnit.SECONDS);
            assertThat(event).as("an event of the kind " + kind.getSimpleName()).isNotNull();
        } while (!kind.isInstance(event));
        return kind.cast(event);
    }

    boolean nothing() {
        return events.isEmpty();
    }
}

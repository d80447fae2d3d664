package io.lxj;

import io.lxj.config.Stats;
import java.util.Optional;

/**
 * Is told what a container uses. The calls come one at a time and in order, on a thread of lxj that may be kept as long as
 * needed: for a listener that is slow measurements are left out, and nobody is held up. Needs to be thread-safe only if it
 * listens to several containers.
 */
@FunctionalInterface
public interface StatsListener {
    /**
     * The container was measured.
     *
     * @param container the container
     * @param now what it has used since it was started, and what it uses now
     * @param before what this listener was told last; empty for the first measurement of a run. {@code now.since(before)} is
     *     how much it has used in each second
     */
    void sampled(Container container, Stats now, Optional<Stats> before);
}

package io.lxj.config;

import static io.lxj.config.State.ABORTING;
import static io.lxj.config.State.FREEZING;
import static io.lxj.config.State.FROZEN;
import static io.lxj.config.State.RUNNING;
import static io.lxj.config.State.STARTING;
import static io.lxj.config.State.STOPPED;
import static io.lxj.config.State.STOPPING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.lxj.error.IllegalTransitionException;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class StateTest {
    @Test
    void hasTheTransitionsOfALifeAndNoOthers() {
        assertThat(STOPPED.next()).containsExactlyInAnyOrder(STARTING);
        assertThat(STARTING.next()).containsExactlyInAnyOrder(RUNNING, ABORTING);
        assertThat(RUNNING.next()).containsExactlyInAnyOrder(FREEZING, STOPPING);
        assertThat(FREEZING.next()).containsExactlyInAnyOrder(FROZEN, RUNNING, STOPPING);
        assertThat(FROZEN.next()).containsExactlyInAnyOrder(RUNNING, STOPPING);
        assertThat(STOPPING.next()).containsExactlyInAnyOrder(STOPPED, STARTING);
        assertThat(ABORTING.next()).containsExactlyInAnyOrder(STOPPED);
    }

    @Test
    void becomesExactlyWhatItCan() {
        for (State from : State.values()) {
            for (State to : State.values()) {
                if (from.next().contains(to)) {
                    assertThat(from.canBecome(to)).isTrue();
                    assertThat(from.become(to, "web1")).isSameAs(to);
                } else {
                    assertThat(from.canBecome(to)).isFalse();
                    assertThatExceptionOfType(IllegalTransitionException.class)
                            .isThrownBy(() -> from.become(to, "web1"))
                            .satisfies(e -> assertThat(e.from()).isEqualTo(from.name()))
                            .satisfies(e -> assertThat(e.to()).isEqualTo(to.name()));
                }
            }
        }
    }

    @Test
    void leadsFromEachStateToEachOther() {
        for (State from : State.values()) {
            Set<State> reached = EnumSet.of(from);
            for (int steps = 0; steps < State.values().length; steps++) {
                Set.copyOf(reached).forEach(state -> reached.addAll(state.next()));
            }
            assertThat(reached).containsExactlyInAnyOrder(State.values());
        }
    }

    @Test
    void saysFromToAndWhy() {
        assertThatExceptionOfType(IllegalTransitionException.class)
                .isThrownBy(() -> FROZEN.become(STARTING, "start web1"))
                .withMessage("start web1: the container can't go from FROZEN to STARTING; it is frozen, and next can"
                        + " only be RUNNING or STOPPING");
        assertThatExceptionOfType(IllegalTransitionException.class)
                .isThrownBy(() -> STOPPED.become(STOPPED, "web1"))
                .withMessageEndingWith("it is stopped already, and next can only be STARTING");
    }

    @Test
    void isAliveUnlessStopped() {
        assertThat(EnumSet.allOf(State.class))
                .filteredOn(state -> !state.isAlive())
                .containsExactly(STOPPED);
    }
}

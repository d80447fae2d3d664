package io.lxj;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lxj.config.Config;
import io.lxj.config.IdMap;
import io.lxj.error.AlreadyExistsException;
import io.lxj.testing.Caller;
import io.lxj.testing.LeaksNothing;
import io.lxj.testing.NeedsContainers;
import io.lxj.testing.NeedsRootfs;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever is asked for meanwhile, the ids that a container runs with are given to no other one. */
@NeedsContainers
@NeedsRootfs("busybox")
@LeaksNothing
@Timeout(120)
class IdsStayApartTest {
    private static final Config POOLED = Config.ofImage("busybox").init("/bin/sleep", "1000000");
    /** None of those that lxj gives out. */
    private static final IdMap IDS = IdMap.of(1_700_000_000L, 65_536);

    @RegisterExtension
    static final TestLxj host = TestLxj.of("busybox");

    private static List<Config> configs() {
        // An ordinary user's containers have neither.
        return Caller.isRoot() ? List.of(POOLED, POOLED.idMap(IDS), POOLED.nesting(1)) : List.of(POOLED);
    }

    @ParameterizedTest
    @MethodSource("configs")
    void aCreateThatFailsTakesNothingFromTheContainerThatHasTheName(Config config) throws IOException {
        Container one = host.start(Caller.isRoot() ? POOLED.nesting(2) : POOLED);
        assertThatThrownBy(() -> host.lxj().containers().create(one.name(), config))
                .isInstanceOf(AlreadyExistsException.class);
        Container two = host.start(POOLED);
        if (Caller.isRoot() || Caller.hasIds()) {
            assertThat(HostIds.shared(one, two)).isEmpty();
        }
        two.stop();
        two.destroy();
        assertThat(one.exec("true").exitCode()).isZero();
    }
}

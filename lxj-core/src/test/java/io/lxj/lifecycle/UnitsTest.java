package io.lxj.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UnitsTest {
    @ParameterizedTest
    @CsvSource({
        "/system.slice/app.service, false, app.service",
        "/system.slice/app.service/worker, false, app.service",
        "/user.slice/user-0.slice/session-3.scope, false, session-3.scope",
        "/user.slice/user-7.slice/user@7.service/app.slice/ide.scope, false, user@7.service",
        "/user.slice/user-7.slice/user@7.service/app.slice/ide.scope, true, ide.scope",
        "/user.slice/user-7.slice/session-3.scope, true, none",
        "/init.scope, false, none",
        "/, false, none"
    })
    void theUnitIsTheOneThatTheAskedSystemdKnows(String cgroup, boolean ofUser, String unit) {
        assertThat(Units.of(cgroup, ofUser).orElse("none")).isEqualTo(unit);
    }
}

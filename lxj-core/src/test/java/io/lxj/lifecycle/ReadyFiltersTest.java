package io.lxj.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import io.lxj.config.Capability;
import io.lxj.config.CapabilityChanges;
import io.lxj.config.SeccompProfile;
import io.lxj.config.Security;
import io.lxj.linux.Architecture;
import io.lxj.linux.SeccompFilter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ReadyFiltersTest {
    private static final Path MADE = Path.of("target/seccomp-filters");

    private static SeccompFilter compiled(boolean userNamespace, Architecture architecture) {
        long capabilities = -1;
        for (Capability dropped : CapabilityChanges.droppedByDefault(userNamespace)) {
            capabilities &= ~(1L << dropped.number());
        }
        return new SeccompPolicies(capabilities, userNamespace, architecture, "6.1").filter(SeccompProfile.standard());
    }

    @ParameterizedTest
    @EnumSource
    void readyFiltersAreWhatTheStandardProfileCompilesTo(Architecture architecture) throws IOException {
        Files.createDirectories(MADE);
        for (boolean userNamespace : new boolean[] {false, true}) {
            SeccompFilter filter = compiled(userNamespace, architecture);
            String name = ReadyFilters.name(userNamespace, architecture);
            Files.write(MADE.resolve(name), filter.bytes());
            assertThat(ReadyFilters.of(Security.DEFAULT, userNamespace, architecture))
                    .hasValueSatisfying(ready -> assertThat(ready.program())
                            .as("after a change of the rules, " + MADE + "/" + name
                                    + " has to be copied to src/main/resources/io/lxj/lifecycle")
                            .isEqualTo(filter.program()));
        }
    }

    @ParameterizedTest
    @EnumSource
    void otherProfilesAndCapabilitiesAreCompiled(Architecture architecture) {
        assertThat(ReadyFilters.of(Security.DEFAULT.keepCapabilities(Capability.SYS_TIME), false, architecture))
                .isEmpty();
        SeccompProfile other = SeccompProfile.standard().allow("bpf");
        assertThat(ReadyFilters.of(Security.DEFAULT.seccomp(other), false, architecture))
                .isEmpty();
    }
}

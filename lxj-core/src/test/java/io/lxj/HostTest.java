package io.lxj;

import static org.assertj.core.api.Assertions.assertThat;

import io.lxj.testing.LeaksNothing;
import io.lxj.testing.NeedsCommand;
import io.lxj.testing.NeedsRoot;
import io.lxj.testing.PortableJvm;
import java.util.List;
import org.junit.jupiter.api.Test;

@LeaksNothing
class HostTest {
    private static final HostFeature THERE = new HostFeature("clone3", "makes a process", true, true, "", "");
    private static final HostFeature ABSENT =
            new HostFeature("memory controller", "limits memory", false, false, "bound to v1", "use v2");
    private static final HostFeature NEEDED =
            new HostFeature("openat2", "opens files", true, false, "ENOSYS", "update");

    /** Prints the table. */
    static final class Check {
        public static void main(String[] arguments) {
            System.out.print(Host.check());
        }
    }

    @Test
    void everythingThatIsRequiredIsProbed() {
        List<HostFeature> features = Host.check().features();
        assertThat(features).extracting(HostFeature::name).containsAll(Host.required());
        assertThat(features)
                .filteredOn(HostFeature::required)
                .hasSize(Host.required().size());
    }

    @Test
    @NeedsRoot("is about root")
    void rootCanRunContainersHere() {
        HostReport report = Host.check();
        assertThat(report.isUsable()).as(report.toString()).isTrue();
        assertThat(report.missing()).noneMatch(HostFeature::required);
        assertThat(report.toString()).endsWith("\nlxj can run containers here\n");
    }

    @Test
    @NeedsRoot("becomes another user")
    @NeedsCommand("setpriv")
    void anOrdinaryUserIsToldWhyThereAreNoContainers() throws Exception {
        try (PortableJvm jvm = PortableJvm.copy()) {
            String table = jvm.run(List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"), Check.class);
            assertThat(table).endsWith("\nlxj can't run containers here\n");
            assertThat(table.lines())
                    .anyMatch(line -> line.matches("capabilities +MISSING +mount, .* none"))
                    .anyMatch(line -> line.matches("capabilities: +run as root"));
        }
    }

    @Test
    void aHostIsUsableWithoutWhatIsNotRequired() {
        assertThat(new HostReport(List.of(THERE, ABSENT)).isUsable()).isTrue();
        assertThat(new HostReport(List.of(THERE, ABSENT, NEEDED)).isUsable()).isFalse();
    }

    @Test
    void whatIsRequiredComesFirstAmongWhatIsMissing() {
        HostReport report = new HostReport(List.of(THERE, ABSENT, NEEDED));
        assertThat(report.missing()).containsExactly(NEEDED, ABSENT);
        assertThat(report.feature("openat2")).contains(NEEDED);
        assertThat(report.feature("openat3")).isEmpty();
    }

    @Test
    void theTableIsAligned() {
        assertThat(new HostReport(List.of(THERE, ABSENT, NEEDED))).hasToString("""
                        feature            there    for              seen
                        clone3             yes      makes a process
                        memory controller  no       limits memory    bound to v1
                        openat2            MISSING  opens files      ENOSYS

                        to get what is missing:
                        openat2:            update
                        memory controller:  use v2

                        lxj can't run containers here
                        """);
        assertThat(new HostReport(List.of(THERE))).hasToString("""
                        feature  there  for              seen
                        clone3   yes    makes a process

                        lxj can run containers here
                        """);
    }
}

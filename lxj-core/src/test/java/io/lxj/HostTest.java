package io.lxj;

import static org.assertj.core.api.Assertions.assertThat;

import io.lxj.testing.LeaksNothing;
import io.lxj.testing.NeedsContainers;
import java.util.List;
import org.junit.jupiter.api.Test;

@LeaksNothing
class HostTest {
    private static final HostFeature THERE = new HostFeature("clone3", "makes a process", true, true, "", "");
    private static final HostFeature ABSENT =
            new HostFeature("memory controller", "limits memory", false, false, "bound to v1", "use v2");
    private static final HostFeature NEEDED =
            new HostFeature("openat2", "opens files", true, false, "ENOSYS", "update");

    @Test
    void everythingThatIsRequiredIsProbed() {
        List<HostFeature> features = Host.check().features();
        assertThat(features).extracting(HostFeature::name).containsAll(Host.required());
        assertThat(features)
                .filteredOn(HostFeature::required)
                .hasSize(Host.required().size());
    }

    @Test
    @NeedsContainers
    void containersCanRunHere() {
        HostReport report = Host.check();
        assertThat(report.isUsable()).as(report.toString()).isTrue();
        assertThat(report.missing()).noneMatch(HostFeature::required);
        assertThat(report.toString()).endsWith("\nlxj can run containers here\n");
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

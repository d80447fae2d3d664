package io.lxj.linux.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import io.lxj.linux.Fd;
import io.lxj.testing.PackageDependencies;
import org.junit.jupiter.api.Test;

class PackageRulesTest {
    private static final PackageDependencies DEPENDENCIES = PackageDependencies.ofModuleWith(Fd.class);

    @Test
    void onlyOnePackageKnowsJna() {
        assertThat(DEPENDENCIES.packages())
                .contains("io.lxj.linux", "io.lxj.linux.jna")
                .filteredOn(name -> DEPENDENCIES.of(name).stream().anyMatch(target -> target.startsWith("com.sun.jna")))
                .containsExactly("io.lxj.linux.jna");
    }

    @Test
    void theBindingsKnowNothingOfWhatIsBuiltOnThem() {
        assertThat(DEPENDENCIES.of("io.lxj.linux.jna")).doesNotContain("io.lxj.linux");
    }
}

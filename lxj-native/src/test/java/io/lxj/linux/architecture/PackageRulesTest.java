package io.lxj.linux.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import io.lxj.linux.Fd;
import io.lxj.testing.PackageDependencies;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
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
    void itIsExportedToWhoeverNeedsSystemCallsAndTheBindingsToNobody() {
        ModuleDescriptor module = ModuleFinder.of(PackageDependencies.classes(Fd.class))
                .find("io.lxj.linux")
                .orElseThrow()
                .descriptor();

        assertThat(module.exports()).hasSize(1).allSatisfy(export -> {
            assertThat(export.source()).isEqualTo("io.lxj.linux");
            assertThat(export.isQualified()).isFalse();
        });
        assertThat(module.opens()).isEmpty();
        assertThat(module.requires())
                .noneMatch(required -> required.modifiers().contains(ModuleDescriptor.Requires.Modifier.TRANSITIVE));
    }

    @Test
    void theBindingsKnowNothingOfWhatIsBuiltOnThem() {
        assertThat(DEPENDENCIES.of("io.lxj.linux.jna")).doesNotContain("io.lxj.linux");
    }
}

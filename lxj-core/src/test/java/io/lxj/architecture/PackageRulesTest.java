package io.lxj.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import io.lxj.error.LxjException;
import io.lxj.testing.PackageDependencies;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PackageRulesTest {
    /** The stair, from the top down: a package refers only to packages below it. */
    private static final List<String> STAIR = List.of(
            "io.lxj",
            "io.lxj.lifecycle",
            "io.lxj.supervise",
            "io.lxj.launch",
            "io.lxj.plan",
            "io.lxj.image",
            "io.lxj.storage",
            "io.lxj.failure",
            "io.lxj.systemd",
            "io.lxj.config",
            "io.lxj.error");

    private static final PackageDependencies DEPENDENCIES = PackageDependencies.ofModuleWith(LxjException.class);

    static Set<String> packages() {
        return DEPENDENCIES.packages();
    }

    @Test
    void everyPackageHasItsPlace() {
        assertThat(STAIR).containsAll(packages());
    }

    @ParameterizedTest
    @MethodSource("packages")
    void aPackageRefersOnlyToPackagesBelowIt(String name) {
        assertThat(ownDependencies(name)).isSubsetOf(STAIR.subList(STAIR.indexOf(name) + 1, STAIR.size()));
    }

    @Test
    void configAndErrorsImportNothingElse() {
        assertThat(ownDependencies("io.lxj.config")).isSubsetOf("io.lxj.error");
        assertThat(ownDependencies("io.lxj.error")).isEmpty();
        assertThat(DEPENDENCIES.of("io.lxj.config")).noneMatch(PackageRulesTest::isLinux);
        assertThat(DEPENDENCIES.of("io.lxj.error")).noneMatch(PackageRulesTest::isLinux);
    }

    @Test
    void aPlanIsCompiledWithoutAnyInputOrOutput() {
        assertThat(ownDependencies("io.lxj.plan")).isSubsetOf("io.lxj.config", "io.lxj.error");
        assertThat(DEPENDENCIES.of("io.lxj.plan")).doesNotContain("java.nio.file", "java.nio.channels", "java.net");
    }

    @Test
    void nothingHereCallsJna() {
        assertThat(packages()).allSatisfy(name -> assertThat(DEPENDENCIES.of(name))
                .noneMatch(target -> target.startsWith("com.sun.jna") || target.equals("io.lxj.linux.jna")));
    }

    private static List<String> ownDependencies(String name) {
        return DEPENDENCIES.of(name).stream()
                .filter(target -> target.equals("io.lxj") || target.startsWith("io.lxj.") && !isLinux(target))
                .toList();
    }

    private static boolean isLinux(String name) {
        return name.equals("io.lxj.linux") || name.startsWith("io.lxj.linux.");
    }
}

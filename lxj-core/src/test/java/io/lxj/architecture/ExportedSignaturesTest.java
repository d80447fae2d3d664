package io.lxj.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import io.lxj.error.LxjException;
import io.lxj.testing.PackageDependencies;
import java.io.IOException;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.lang.module.ModuleReader;
import java.lang.module.ModuleReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class ExportedSignaturesTest {
    private static final ModuleReference MODULE = ModuleFinder.of(PackageDependencies.classes(LxjException.class))
            .find("io.lxj")
            .orElseThrow();

    @Test
    void onlyWhatUsersNeedIsExported() {
        ModuleDescriptor module = MODULE.descriptor();

        assertThat(exportedPackages()).containsExactlyInAnyOrder("io.lxj", "io.lxj.config", "io.lxj.error");
        assertThat(module.exports()).noneMatch(ModuleDescriptor.Exports::isQualified);
        assertThat(module.opens()).isEmpty();
        assertThat(module.requires()).as("what users need not read").noneMatch(required -> required.modifiers()
                .contains(ModuleDescriptor.Requires.Modifier.TRANSITIVE));
    }

    @Test
    void onlyTypesOfTheJdkAndOfExportedPackagesAppearInWhatUsersSee() throws Exception {
        Set<String> exported = exportedPackages();
        List<Class<?>> visible = visibleClasses(exported);

        assertThat(visible).isNotEmpty();
        assertThat(visible)
                .flatMap(Signatures::of)
                .filteredOn(use -> !isForUsers(use.type(), exported))
                .isEmpty();
    }

    private static boolean isForUsers(Class<?> type, Set<String> exported) {
        String module = type.getModule().getName();
        return module != null && module.startsWith("java.") || exported.contains(type.getPackageName());
    }

    private static Set<String> exportedPackages() {
        return MODULE.descriptor().exports().stream()
                .filter(export -> !export.isQualified())
                .map(ModuleDescriptor.Exports::source)
                .collect(Collectors.toSet());
    }

    private static List<Class<?>> visibleClasses(Set<String> exported) throws IOException, ClassNotFoundException {
        List<String> names;
        try (ModuleReader reader = MODULE.open()) {
            names = reader.list()
                    .filter(file ->
                            file.endsWith(".class") && file.contains("/") && !file.endsWith("package-info.class"))
                    .map(file ->
                            file.substring(0, file.length() - ".class".length()).replace('/', '.'))
                    .filter(name -> exported.contains(name.substring(0, name.lastIndexOf('.'))))
                    .toList();
        }
        List<Class<?>> classes = new ArrayList<>();
        for (String name : names) {
            Class<?> type = Class.forName(name, false, LxjException.class.getClassLoader());
            if (Signatures.isVisible(type)) {
                classes.add(type);
            }
        }
        return classes;
    }
}

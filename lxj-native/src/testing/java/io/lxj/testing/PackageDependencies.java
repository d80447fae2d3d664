package io.lxj.testing;

import java.io.File;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;

/** Which package of a module refers to which other, as jdeps reads it from the compiled classes. */
public final class PackageDependencies {
    private static final Pattern ARROW = Pattern.compile("^\\s+(\\S+)\\s+-> (\\S+)\\s");

    private final Map<String, Set<String>> byPackage;

    private PackageDependencies(Map<String, Set<String>> byPackage) {
        this.byPackage = byPackage;
    }

    /** The dependencies between packages in the module (or jar, or folder) that the class comes from. */
    public static PackageDependencies ofModuleWith(Class<?> member) {
        ToolProvider jdeps = ToolProvider.findFirst("jdeps").orElseThrow();
        StringWriter output = new StringWriter();
        String[] arguments = {
            "--ignore-missing-deps",
            "-verbose:package",
            "-filter:none",
            "--multi-release",
            "base",
            "--module-path",
            modulePath(),
            classes(member).toString()
        };
        int status = jdeps.run(new PrintWriter(output), new PrintWriter(output), arguments);
        if (status != 0) {
            throw new IllegalStateException(
                    "jdeps " + String.join(" ", arguments) + " ended with " + status + ": " + output);
        }
        Map<String, Set<String>> byPackage = new TreeMap<>();
        output.toString().lines().map(ARROW::matcher).filter(Matcher::find).forEach(arrow -> {
            Set<String> targets = byPackage.computeIfAbsent(arrow.group(1), name -> new TreeSet<>());
            if (!arrow.group(1).equals(arrow.group(2))) {
                targets.add(arrow.group(2));
            }
        });
        return new PackageDependencies(byPackage);
    }

    /** Where the compiled classes of a class's module are: a folder, or a jar. */
    public static Path classes(Class<?> member) {
        try {
            return Path.of(
                    member.getProtectionDomain().getCodeSource().getLocation().toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /** All packages of the module. */
    public Set<String> packages() {
        return byPackage.keySet();
    }

    /** The other packages, of any module, that a package refers to. */
    public Set<String> of(String name) {
        return byPackage.getOrDefault(name, Set.of());
    }

    private static String modulePath() {
        // The tests run on the module path; an IDE may put everything on the class path.
        String modules = System.getProperty("jdk.module.path");
        return modules == null
                ? System.getProperty("java.class.path")
                : modules + File.pathSeparator + System.getProperty("java.class.path");
    }
}

package io.lxj.config;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.StringJoiner;

/**
 * Reads a {@link SeccompProfile} from JSON: what Docker's format and that of the OCI's runtime specification have in
 * common, and lxj's own keys.
 */
final class SeccompReader {
    private static final String KIND = "seccomp";
    private static final String ARCHES = "arches";
    private static final String MIN_KERNEL = "minKernel";
    /** Conditions on arguments; several on one of them are alternatives. */
    static final String ARGS = "args";
    /** Those that must all be met: lxj's own. */
    static final String ALL_ARGS = "allArgs";
    /** Architectures of other hosts, which a profile for many hosts names. */
    private static final Set<String> ELSEWHERE = Set.of(
            "MIPS",
            "MIPS64",
            "MIPS64N32",
            "MIPSEL",
            "MIPSEL64",
            "MIPSEL64N32",
            "PPC",
            "PPC64",
            "PPC64LE",
            "S390",
            "S390X",
            "PARISC",
            "PARISC64",
            "RISCV64",
            "LOONGARCH64",
            "M68K",
            "SH",
            "SHEB");
    /** Flags that change nothing here: there is one thread, and lxj asks for no mitigations beyond the host's own. */
    private static final Set<String> FLAGS = Set.of("SECCOMP_FILTER_FLAG_TSYNC", "SECCOMP_FILTER_FLAG_SPEC_ALLOW");

    private SeccompReader() {}

    static SeccompProfile read(JsonValue value) {
        JsonFields fields = value.fields();
        SeccompAction defaultAction = action(fields, "defaultAction", "defaultErrno", SeccompAction.EPERM);
        SeccompAction newer = SeccompProfile.of(defaultAction).newerAction();
        if (optional(fields, "newerAction").isPresent()) {
            newer = action(fields, "newerAction", "newerErrno", SeccompAction.ENOSYS);
        }
        List<SeccompRule> rules = new ArrayList<>();
        list(fields, "syscalls").forEach(rule -> rules.addAll(rules(rule)));
        list(fields, "flags").forEach(SeccompReader::check);
        SeccompProfile profile = new SeccompProfile(defaultAction, newer, architectures(fields), rules);
        fields.refuseOthers();
        return profile;
    }

    /** Programs in Go, as Docker is, write null for what isn't there. */
    private static Optional<JsonValue> optional(JsonFields fields, String key) {
        return fields.optional(key).filter(value -> !value.isNull());
    }

    private static List<JsonValue> list(JsonFields fields, String key) {
        Optional<JsonValue> values = optional(fields, key);
        return values.isPresent() ? values.get().list(value -> value) : List.of();
    }

    private static void check(JsonValue flag) {
        if (!FLAGS.contains(flag.string())) {
            throw flag.notAllowed("one of " + String.join(", ", FLAGS));
        }
    }

    /** The name of an error is what Podman writes beside its number: a comment. */
    private static SeccompAction action(JsonFields fields, String key, String errnoKey, int otherwise) {
        SeccompAction.Kind kind = kind(fields.required(key));
        Optional<JsonValue> number = optional(fields, errnoKey + "Ret");
        Optional<JsonValue> name = optional(fields, errnoKey);
        if (number.isEmpty() && name.isPresent()) {
            throw name.get().notAllowed("such a name only beside " + errnoKey + "Ret, the number");
        }
        if (kind == SeccompAction.Kind.ERRNO) {
            return SeccompAction.errno(number.isPresent() ? errno(number.get()) : otherwise);
        }
        if (number.isPresent()) {
            throw number.get().notAllowed("an error number only with " + SeccompAction.Kind.ERRNO.oci());
        }
        return new SeccompAction(kind, 0);
    }

    private static int errno(JsonValue value) {
        int number = value.integer();
        if (number < 1 || number > 4095) {
            throw value.notAllowed("an error number from 1 to 4095");
        }
        return number;
    }

    private static SeccompAction.Kind kind(JsonValue value) {
        String name = value.string();
        StringJoiner names = new StringJoiner(", ");
        for (SeccompAction.Kind kind : SeccompAction.Kind.values()) {
            if (kind.oci().equals(name)) {
                return kind;
            }
            names.add(kind.oci());
        }
        if (name.equals("SCMP_ACT_KILL")) {
            return SeccompAction.Kind.KILL_THREAD;
        }
        throw value.notAllowed("one of " + names);
    }

    private static Set<SeccompArchitecture> architectures(JsonFields fields) {
        Set<SeccompArchitecture> all = EnumSet.noneOf(SeccompArchitecture.class);
        list(fields, "architectures").forEach(value -> all.addAll(architecture(value)));
        list(fields, "archMap").forEach(value -> all.addAll(mapped(value.fields())));
        // Calls of the host's own architecture can always be made, as in libseccomp.
        all.add(SeccompArchitecture.X86_64);
        all.add(SeccompArchitecture.AARCH64);
        return all;
    }

    /** What is below an architecture is for hosts of that one. */
    private static Set<SeccompArchitecture> mapped(JsonFields entry) {
        Set<SeccompArchitecture> all = EnumSet.noneOf(SeccompArchitecture.class);
        all.addAll(architecture(entry.required("architecture")));
        boolean elsewhere = all.isEmpty();
        list(entry, "subArchitectures").forEach(value -> all.addAll(architecture(value)));
        entry.refuseOthers();
        return elsewhere ? Set.of() : all;
    }

    private static Set<SeccompArchitecture> architecture(JsonValue value) {
        String name = value.string();
        StringJoiner names = new StringJoiner(", ");
        for (SeccompArchitecture architecture : SeccompArchitecture.values()) {
            if (architecture.oci().equals(name)) {
                return EnumSet.of(architecture);
            }
            names.add(architecture.oci());
        }
        if (name.startsWith("SCMP_ARCH_") && ELSEWHERE.contains(name.substring("SCMP_ARCH_".length()))) {
            return EnumSet.noneOf(SeccompArchitecture.class);
        }
        throw value.notAllowed("one of " + names + ", or another one of the OCI's runtime specification");
    }

    private static List<SeccompRule> rules(JsonValue value) {
        return value.made(KIND, () -> {
            JsonFields fields = value.fields();
            List<String> names = names(fields);
            SeccompAction action = action(fields, "action", "errno", SeccompAction.EPERM);
            optional(fields, "comment");
            SeccompCondition condition = condition(fields);
            List<List<SeccompArgument>> arguments = arguments(fields);
            fields.refuseOthers();
            return arguments.stream()
                    .map(all -> new SeccompRule(names, all, action, condition))
                    .toList();
        });
    }

    private static List<String> names(JsonFields fields) {
        Optional<JsonValue> one = optional(fields, "name");
        if (one.isEmpty()) {
            return fields.required("names").list(JsonValue::string);
        }
        Optional<JsonValue> several = optional(fields, "names");
        if (several.isPresent()) {
            throw several.get().problem("is there beside name", "one of both");
        }
        return List.of(one.get().string());
    }

    private static List<List<SeccompArgument>> arguments(JsonFields fields) {
        List<SeccompArgument> any =
                list(fields, ARGS).stream().map(SeccompReader::argument).toList();
        List<SeccompArgument> all =
                list(fields, ALL_ARGS).stream().map(SeccompReader::argument).toList();
        if (!all.isEmpty() && !any.isEmpty()) {
            throw fields.required(ALL_ARGS).problem("is there beside " + ARGS, "one of both");
        }
        return all.isEmpty() ? alternatives(any) : List.of(all);
    }

    /** As runc does: if an argument has several conditions, each condition is a rule of its own. */
    private static List<List<SeccompArgument>> alternatives(List<SeccompArgument> arguments) {
        return SeccompRule.areDistinct(arguments)
                ? List.of(arguments)
                : arguments.stream().map(List::of).toList();
    }

    private static SeccompArgument argument(JsonValue value) {
        return value.made(KIND + ".args", () -> {
            JsonFields fields = value.fields();
            int index = fields.integer("index");
            long first = fields.required("value").unsignedLong();
            long two = optional(fields, "valueTwo").map(JsonValue::unsignedLong).orElse(0L);
            SeccompArgument.Operator operator = operator(fields.required("op"));
            fields.refuseOthers();
            return new SeccompArgument(index, operator, first, two);
        });
    }

    private static SeccompArgument.Operator operator(JsonValue value) {
        StringJoiner names = new StringJoiner(", ");
        for (SeccompArgument.Operator operator : SeccompArgument.Operator.values()) {
            if (operator.oci().equals(value.string())) {
                return operator;
            }
            names.add(operator.oci());
        }
        throw value.notAllowed("one of " + names);
    }

    private static SeccompCondition condition(JsonFields rule) {
        Optional<JsonValue> includes = optional(rule, "includes");
        Optional<JsonValue> excludes = optional(rule, "excludes");
        Set<Capability> with = Set.of();
        Set<Capability> without = Set.of();
        Set<String> on = Set.of();
        Set<String> notOn = Set.of();
        Optional<String> minKernel = Optional.empty();
        Optional<String> belowKernel = Optional.empty();
        Optional<Boolean> userNamespace = Optional.empty();
        if (includes.isPresent()) {
            JsonFields fields = includes.get().fields();
            with = capabilities(fields);
            on = arches(fields);
            minKernel = optional(fields, MIN_KERNEL).map(JsonValue::string);
            userNamespace = optional(fields, "userNamespace").map(JsonValue::bool);
            fields.refuseOthers();
        }
        if (excludes.isPresent()) {
            JsonFields fields = excludes.get().fields();
            without = capabilities(fields);
            notOn = arches(fields);
            belowKernel = optional(fields, MIN_KERNEL).map(JsonValue::string);
            fields.refuseOthers();
        }
        return new SeccompCondition(with, without, on, notOn, minKernel, belowKernel, userNamespace);
    }

    private static Set<Capability> capabilities(JsonFields fields) {
        return Set.copyOf(list(fields, "caps").stream()
                .map(name -> name.parsed(Capability::parse))
                .toList());
    }

    private static Set<String> arches(JsonFields fields) {
        return Set.copyOf(list(fields, ARCHES).stream()
                .map(name -> name.parsed(text -> SeccompCondition.architecture(ARCHES, text)))
                .toList());
    }
}

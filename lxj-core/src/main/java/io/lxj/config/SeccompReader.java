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
        int defaultErrno = errno(fields, "defaultErrnoRet", SeccompAction.EPERM);
        SeccompAction defaultAction = action(fields.required("defaultAction"), defaultErrno);
        SeccompAction newer = SeccompProfile.of(defaultAction).newerAction();
        int newerErrno = errno(fields, "newerErrnoRet", SeccompAction.ENOSYS);
        Optional<JsonValue> newerAction = fields.optional("newerAction");
        newer = newerAction.isPresent() ? action(newerAction.get(), newerErrno) : newer;
        List<SeccompRule> rules = new ArrayList<>();
        Optional<JsonValue> syscalls = fields.optional("syscalls");
        if (syscalls.isPresent()) {
            syscalls.get().list(rule -> rules.addAll(rules(rule, defaultErrno)));
        }
        Optional<JsonValue> flags = fields.optional("flags");
        if (flags.isPresent()) {
            flags.get().list(SeccompReader::flag);
        }
        SeccompProfile profile = new SeccompProfile(defaultAction, newer, architectures(fields), rules);
        fields.refuseOthers();
        return profile;
    }

    private static String flag(JsonValue flag) {
        if (!FLAGS.contains(flag.string())) {
            throw flag.notAllowed("one of " + String.join(", ", FLAGS));
        }
        return flag.string();
    }

    private static int errno(JsonFields fields, String key, int otherwise) {
        Optional<JsonValue> value = fields.optional(key);
        if (value.isEmpty()) {
            return otherwise;
        }
        int number = value.get().integer();
        if (number < 1 || number > 4095) {
            throw value.get().notAllowed("an error number from 1 to 4095");
        }
        return number;
    }

    private static SeccompAction action(JsonValue value, int errno) {
        String name = value.string();
        StringJoiner names = new StringJoiner(", ");
        for (SeccompAction.Kind kind : SeccompAction.Kind.values()) {
            if (kind.oci().equals(name)) {
                return kind == SeccompAction.Kind.ERRNO ? SeccompAction.errno(errno) : new SeccompAction(kind, 0);
            }
            names.add(kind.oci());
        }
        if (name.equals("SCMP_ACT_KILL")) {
            return SeccompAction.KILL_THREAD;
        }
        throw value.notAllowed("one of " + names);
    }

    private static Set<SeccompArchitecture> architectures(JsonFields fields) {
        Set<SeccompArchitecture> all = EnumSet.noneOf(SeccompArchitecture.class);
        Optional<JsonValue> plain = fields.optional("architectures");
        Optional<JsonValue> map = fields.optional("archMap");
        if (plain.isPresent()) {
            plain.get().list(value -> all.addAll(architecture(value)));
        }
        if (map.isPresent()) {
            map.get().list(value -> all.addAll(mapped(value.fields())));
        }
        // Calls of the host's own architecture can always be made, as in libseccomp.
        all.add(SeccompArchitecture.X86_64);
        all.add(SeccompArchitecture.AARCH64);
        return all;
    }

    private static Set<SeccompArchitecture> mapped(JsonFields entry) {
        Set<SeccompArchitecture> all = EnumSet.noneOf(SeccompArchitecture.class);
        all.addAll(architecture(entry.required("architecture")));
        Optional<JsonValue> further = entry.optional("subArchitectures");
        if (further.isPresent()) {
            further.get().list(value -> all.addAll(architecture(value)));
        }
        entry.refuseOthers();
        return all;
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

    private static List<SeccompRule> rules(JsonValue value, int defaultErrno) {
        return value.made(KIND, () -> {
            JsonFields fields = value.fields();
            Optional<JsonValue> one = fields.optional("name");
            List<String> names = one.isPresent()
                    ? List.of(one.get().string())
                    : fields.required("names").list(JsonValue::string);
            int errno = errno(fields, "errnoRet", defaultErrno);
            SeccompAction action = action(fields.required("action"), errno);
            fields.optional("comment");
            SeccompCondition condition = condition(fields);
            List<SeccompArgument> arguments = new ArrayList<>();
            Optional<JsonValue> args = fields.optional("args");
            // Docker writes null for none.
            if (args.isPresent() && !args.get().isNull()) {
                arguments.addAll(args.get().list(SeccompReader::argument));
            }
            fields.refuseOthers();
            SeccompRule rule = new SeccompRule(names, List.of(), action, condition);
            return alternatives(arguments).stream()
                    .map(all -> new SeccompRule(rule.calls(), all, rule.action(), rule.condition()))
                    .toList();
        });
    }

    /** As runc does: if an argument has several conditions, each condition is a rule of its own. */
    private static List<List<SeccompArgument>> alternatives(List<SeccompArgument> arguments) {
        long distinct =
                arguments.stream().map(SeccompArgument::index).distinct().count();
        return distinct == arguments.size()
                ? List.of(arguments)
                : arguments.stream().map(List::of).toList();
    }

    private static SeccompArgument argument(JsonValue value) {
        return value.made(KIND + ".args", () -> {
            JsonFields fields = value.fields();
            int index = fields.integer("index");
            long first = fields.required("value").unsignedLong();
            Optional<JsonValue> second = fields.optional("valueTwo");
            long two = second.isPresent() ? second.get().unsignedLong() : 0;
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
        Optional<JsonValue> includes = rule.optional("includes");
        Optional<JsonValue> excludes = rule.optional("excludes");
        Set<Capability> with = Set.of();
        Set<Capability> without = Set.of();
        Set<String> on = Set.of();
        Set<String> notOn = Set.of();
        Optional<String> minKernel = Optional.empty();
        Optional<Boolean> userNamespace = Optional.empty();
        if (includes.isPresent()) {
            JsonFields fields = includes.get().fields();
            with = Set.copyOf(list(fields, "caps").stream()
                    .map(cap -> cap.parsed(Capability::parse))
                    .toList());
            on = arches(fields);
            Optional<JsonValue> kernel = fields.optional("minKernel");
            minKernel = kernel.isPresent() ? Optional.of(kernel.get().string()) : minKernel;
            Optional<JsonValue> user = fields.optional("userNamespace");
            userNamespace = user.isPresent() ? Optional.of(user.get().bool()) : userNamespace;
            fields.refuseOthers();
        }
        if (excludes.isPresent()) {
            JsonFields fields = excludes.get().fields();
            without = Set.copyOf(list(fields, "caps").stream()
                    .map(cap -> cap.parsed(Capability::parse))
                    .toList());
            notOn = arches(fields);
            fields.refuseOthers();
        }
        return new SeccompCondition(with, without, on, notOn, minKernel, userNamespace);
    }

    private static Set<String> arches(JsonFields fields) {
        return Set.copyOf(list(fields, ARCHES).stream()
                .map(name -> name.parsed(text -> SeccompCondition.architecture(ARCHES, text)))
                .toList());
    }

    private static List<JsonValue> list(JsonFields fields, String key) {
        Optional<JsonValue> values = fields.optional(key);
        return values.isPresent() ? values.get().list(value -> value) : List.of();
    }
}

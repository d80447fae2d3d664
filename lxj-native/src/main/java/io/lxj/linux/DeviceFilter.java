package io.lxj.linux;

import java.util.ArrayList;
import java.util.List;

/**
 * Decides which devices the processes of a cgroup may use: a BPF program of the type BPF_PROG_TYPE_CGROUP_DEVICE that
 * allows what one of its rules allows, and nothing else. The program is data until it is loaded; cgroup v2 has no other
 * way to filter devices. Immutable and thread-safe.
 */
public final class DeviceFilter {
    // Registers: r1 comes with the context, r2 to r5 hold its fields, r6 is for calculations, r0 is the answer.
    private static final int ANSWER = 0;
    private static final int CONTEXT = 1;
    private static final int TYPE = 2;
    private static final int ACCESS = 3;
    private static final int MAJOR = 4;
    private static final int MINOR = 5;
    private static final int WORK = 6;

    private final List<DeviceRule> rules;
    private final List<BpfInstruction> program;

    private DeviceFilter(List<DeviceRule> rules) {
        this.rules = List.copyOf(rules);
        this.program = compile(this.rules);
    }

    /**
     * Compiles rules.
     *
     * @param rules what is allowed; empty if nothing is
     * @return the filter
     */
    public static DeviceFilter of(List<DeviceRule> rules) {
        return new DeviceFilter(rules);
    }

    // struct bpf_cgroup_dev_ctx: access_type 4 (access << 16 | type), major 4, minor 4.
    private static List<BpfInstruction> compile(List<DeviceRule> rules) {
        List<BpfInstruction> program = new ArrayList<>();
        program.add(BpfInstruction.loadWord(TYPE, CONTEXT, 0));
        program.add(BpfInstruction.moveRegister(ACCESS, TYPE));
        program.add(BpfInstruction.and(TYPE, 0xFFFF));
        program.add(BpfInstruction.shiftRight(ACCESS, 16));
        program.add(BpfInstruction.loadWord(MAJOR, CONTEXT, 4));
        program.add(BpfInstruction.loadWord(MINOR, CONTEXT, 8));
        for (DeviceRule rule : rules) {
            program.addAll(compile(rule));
            if (conditions(rule) == 0) {
                // It allows everything: what would follow is dead code, which the verifier refuses.
                return List.copyOf(program);
            }
        }
        program.add(BpfInstruction.move(ANSWER, 0));
        program.add(BpfInstruction.exit());
        return List.copyOf(program);
    }

    /** How many instructions test whether a rule fits. */
    private static int conditions(DeviceRule rule) {
        return (rule.type() == DeviceRule.Type.ANY ? 0 : 1)
                + (rule.access() == DeviceRule.ALL ? 0 : 3)
                + (rule.major().isEmpty() ? 0 : 1)
                + (rule.minor().isEmpty() ? 0 : 1);
    }

    /** Each test jumps behind the rule, over the rest of the tests and the two instructions that allow. */
    private static List<BpfInstruction> compile(DeviceRule rule) {
        int end = conditions(rule) + 2;
        List<BpfInstruction> code = new ArrayList<>();
        if (rule.type() != DeviceRule.Type.ANY) {
            code.add(BpfInstruction.jumpIfNot(TYPE, rule.type().number, end - code.size() - 1));
        }
        if (rule.access() != DeviceRule.ALL) {
            code.add(BpfInstruction.moveRegister(WORK, ACCESS));
            code.add(BpfInstruction.and(WORK, ~rule.access()));
            code.add(BpfInstruction.jumpIfNot(WORK, 0, end - code.size() - 1));
        }
        if (rule.major().isPresent()) {
            code.add(BpfInstruction.jumpIfNot(MAJOR, rule.major().getAsInt(), end - code.size() - 1));
        }
        if (rule.minor().isPresent()) {
            code.add(BpfInstruction.jumpIfNot(MINOR, rule.minor().getAsInt(), end - code.size() - 1));
        }
        code.add(BpfInstruction.move(ANSWER, 1));
        code.add(BpfInstruction.exit());
        return code;
    }

    /**
     * The program.
     *
     * @return the instructions, unmodifiable
     */
    public List<BpfInstruction> program() {
        return program;
    }

    /**
     * The rules.
     *
     * @return what is allowed, unmodifiable
     */
    public List<DeviceRule> rules() {
        return rules;
    }

    /**
     * Loads the program and attaches it to a cgroup, in the place of the filter that this method attached there before
     * (by whichever process), without a moment between both. It holds for the cgroups below, too, and is in force until
     * the cgroup is removed. Programs of others stay: what they deny stays denied.
     *
     * @param cgroup the cgroup
     * @throws LinuxException EPERM without CAP_BPF and CAP_NET_ADMIN; EINVAL with the verifier's log as hint
     */
    public void attach(Cgroup cgroup) throws LinuxException {
        try (Loaded loaded = load()) {
            loaded.attach(cgroup);
        }
    }

    /**
     * Loads the program, to be attached to any number of cgroups: verifying and compiling it takes the kernel longer than
     * attaching it.
     *
     * @return the loaded program, to be closed by the caller; where it is attached it stays
     * @throws LinuxException EPERM without CAP_BPF and CAP_NET_ADMIN; EINVAL with the verifier's log as hint
     */
    public Loaded load() throws LinuxException {
        return new Loaded(BpfDevices.load(program));
    }

    /** A filter that the kernel has taken. Thread-safe. */
    public static final class Loaded implements AutoCloseable {
        private final Fd program;

        private Loaded(Fd program) {
            this.program = program;
        }

        /**
         * Attaches the filter as {@link DeviceFilter#attach} does.
         *
         * @param cgroup the cgroup
         * @throws LinuxException if the kernel refuses
         */
        public void attach(Cgroup cgroup) throws LinuxException {
            BpfDevices.attach(program, cgroup);
        }

        @Override
        public void close() {
            program.close();
        }
    }

    /**
     * The program as text.
     *
     * @return a line for each instruction
     */
    public String disassembly() {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < program.size(); i++) {
            text.append(String.format("%3d: %s%n", i, program.get(i)));
        }
        return text.toString();
    }

    @Override
    public String toString() {
        return "device filter " + rules;
    }
}

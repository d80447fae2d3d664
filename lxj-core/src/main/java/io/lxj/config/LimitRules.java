package io.lxj.config;

import io.lxj.error.InvalidConfigException;
import java.util.Map;

/** Limits that contradict each other. Those that are relative are compared when it is known what they come to. */
final class LimitRules {
    private final Map<String, String> limits;

    private LimitRules(Map<String, String> limits) {
        this.limits = limits;
    }

    static void check(Map<String, String> limits) {
        LimitRules rules = new LimitRules(limits);
        rules.memory(LimitFile.MEMORY_MIN);
        rules.memory(LimitFile.MEMORY_LOW);
        rules.idle();
        rules.burst();
    }

    private void memory(LimitFile file) {
        String least = limits.get(file.file());
        String most = limits.get(LimitFile.MEMORY_MAX.file());
        if (least != null && most != null && isMore(least, most)) {
            throw new InvalidConfigException(
                    file.field(), least, "at most the limit of memory, memory.max, which is " + most);
        }
    }

    private static boolean isMore(String one, String other) {
        if (Percent.isPercent(one) && Percent.isPercent(other)) {
            return Percent.parse(one).compareTo(Percent.parse(other)) > 0;
        }
        if (Percent.isPercent(one) || Percent.isPercent(other) || other.equals(LimitFile.MAX)) {
            return false;
        }
        return one.equals(LimitFile.MAX) || Long.parseLong(one) > Long.parseLong(other);
    }

    private void idle() {
        if ("1".equals(limits.get(LimitFile.CPU_IDLE.file())) && limits.containsKey(LimitFile.CPU_WEIGHT.file())) {
            throw InvalidConfigException.problem(
                    LimitFile.CPU_WEIGHT.field(), "is set", "nothing beside cpu.idle, which is a weight of its own");
        }
    }

    private void burst() {
        String burst = limits.get(LimitFile.CPU_BURST.file());
        String quota =
                limits.getOrDefault(LimitFile.CPU_MAX.file(), LimitFile.MAX).split(" ")[0];
        if (burst == null || Percent.isPercent(quota)) {
            return;
        }
        if (quota.equals(LimitFile.MAX) || Long.parseLong(burst) > Long.parseLong(quota)) {
            throw new InvalidConfigException(
                    LimitFile.CPU_BURST.field(), burst, "at most the quota of cpu.max, which is " + quota);
        }
    }
}

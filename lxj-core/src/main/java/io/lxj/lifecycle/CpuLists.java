package io.lxj.lifecycle;

import java.util.Set;
import java.util.TreeSet;

/** Lists of processors, and of nodes of memory, as in cpuset(7). */
final class CpuLists {
    private CpuLists() {}

    static Set<Integer> numbers(String list) {
        Set<Integer> numbers = new TreeSet<>();
        for (String range : list.split(",")) {
            String[] ends = range.split("-");
            int last = Integer.parseInt(ends[ends.length - 1]);
            for (int i = Integer.parseInt(ends[0]); i <= last; i++) {
                numbers.add(i);
            }
        }
        return numbers;
    }
}

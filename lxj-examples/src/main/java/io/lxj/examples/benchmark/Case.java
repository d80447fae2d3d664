package io.lxj.examples.benchmark;

import java.util.List;

/**
 * What is measured.
 *
 * @param name its name in the table
 * @param warmUps how many rounds come before those that count
 * @param rounds how many rounds count
 * @param subjects lxj first, then its peers
 */
record Case(String name, int warmUps, int rounds, List<Subject> subjects) {
    Case {
        subjects = List.copyOf(subjects);
    }
}

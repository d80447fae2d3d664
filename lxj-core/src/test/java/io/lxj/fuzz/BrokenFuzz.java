package io.lxj.fuzz;

/** A target with a fault that no chance finds, but whoever follows the branches: the fuzzer has to. */
public final class BrokenFuzz {
    static final String FOUND = "all four were right";

    private BrokenFuzz() {}

    public static void fuzzerTestOneInput(byte[] input) {
        if (input.length == 8 && input[1] == 'l' && input[3] == 'x' && input[5] == 'j' && input[7] == '!') {
            throw new IllegalStateException(FOUND);
        }
    }
}

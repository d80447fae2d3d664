package io.lxj.testing;

import java.io.IOException;

/** One thing that a test left behind. */
record Leak(Probe probe, String name) {

    String describe() throws IOException {
        return probe.kind() + " " + probe.describe(name);
    }

    /** Removes the thing; if that fails too, says so beside the failure that reported it. */
    void remove(AssertionError failure) {
        try {
            probe.remove(name);
        } catch (IOException e) {
            failure.addSuppressed(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            failure.addSuppressed(e);
        }
    }
}

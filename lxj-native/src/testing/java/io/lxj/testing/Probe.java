package io.lxj.testing;

import java.io.IOException;
import java.util.List;

/** Looks at one kind of thing that a test can leave behind. */
interface Probe {

    /** The kind, for the report: "mount". */
    String kind();

    /** Everything of that kind that is there now, in the order in which it was made as far as that is known. */
    List<String> look() throws IOException;

    /** What is worth knowing about a leaked thing beyond its name. */
    default String describe(String leaked) throws IOException {
        return leaked;
    }

    /** Removes a leaked thing. Called in reverse order of {@link #look}, after the leak was reported. */
    default void remove(String leaked) throws IOException, InterruptedException {}
}

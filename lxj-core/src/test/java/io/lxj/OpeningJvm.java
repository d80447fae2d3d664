package io.lxj;

import io.lxj.error.LxjException;
import java.nio.file.Path;

/** Tries to use lxj, and says what came of it. */
final class OpeningJvm {
    private OpeningJvm() {}

    /** The argument: a state folder. */
    public static void main(String[] arguments) {
        try (Lxj lxj = Lxj.open(Path.of(arguments[0]))) {
            System.out.println("opened " + lxj.containers().list());
            lxj.containers().get("c1").start();
            System.out.println("started");
        } catch (LxjException e) {
            System.out.println(e.getMessage());
        }
    }
}

package io.lxj.image;

import java.util.List;

/** The first bytes of a program in an image. */
public final class ElfHeaderFuzz {
    private static final int MACHINE = 18;

    private ElfHeaderFuzz() {}

    public static List<byte[]> seeds() {
        byte[] header = new byte[ElfHeader.SIZE];
        header[0] = 0x7F;
        header[1] = 'E';
        header[2] = 'L';
        header[3] = 'F';
        header[4] = 2;
        header[5] = 1;
        header[MACHINE] = 62;
        return List.of(header, new byte[0]);
    }

    public static void fuzzerTestOneInput(byte[] input) {
        ElfHeader.machine(input).ifPresent(machine -> {
            if (!machine.matches("[a-z0-9_-]{1,20}")) {
                throw new AssertionError("not the name of a machine: " + machine);
            }
        });
    }
}

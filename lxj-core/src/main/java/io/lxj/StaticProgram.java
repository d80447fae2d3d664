package io.lxj;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Tells from its ELF header whether a program of the host needs a dynamic linker, see elf(5). */
final class StaticProgram {
    private static final int HEADER = 64;
    private static final int PROGRAM_HEADERS = 32;
    private static final int ENTRY_SIZE = 54;
    private static final int COUNT = 56;
    private static final int MAX_TABLE = 64 * 1024;
    private static final int PT_INTERP = 3;

    private StaticProgram() {}

    static boolean isOne(Path program) {
        try (FileChannel file = FileChannel.open(program, StandardOpenOption.READ)) {
            ByteBuffer header = read(file, 0, HEADER);
            boolean elf64 = header.getInt(0) == 0x464C457F && header.get(4) == 2 && header.get(5) == 1;
            if (!elf64) {
                return false;
            }
            int size = header.getShort(ENTRY_SIZE) & 0xFFFF;
            int count = header.getShort(COUNT) & 0xFFFF;
            if (size < 4 || count == 0 || size * count > MAX_TABLE) {
                return false;
            }
            ByteBuffer table = read(file, header.getLong(PROGRAM_HEADERS), size * count);
            for (int i = 0; i < count; i++) {
                if (table.getInt(i * size) == PT_INTERP) {
                    return false;
                }
            }
            return true;
        } catch (IOException e) {
            // What can't be read, or isn't as long as it says, is no program to use.
            return false;
        }
    }

    private static ByteBuffer read(FileChannel file, long position, int length) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        while (buffer.hasRemaining()) {
            if (position < 0 || file.read(buffer, position + buffer.position()) < 0) {
                throw new IOException("the file ends at " + file.size());
            }
        }
        return buffer;
    }
}

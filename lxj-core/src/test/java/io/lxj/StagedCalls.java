package io.lxj;

import io.lxj.config.Command;
import io.lxj.linux.Architecture;
import io.lxj.linux.ProgramBuilder;
import io.lxj.linux.Stage;
import io.lxj.linux.Syscall;
import io.lxj.linux.SyscallProgram;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;

/** System calls by their numbers, made in a container by the stage, on any architecture. */
final class StagedCalls {
    private static final int RESULT = 64;
    private static final int STEP = 96;
    private static final int FIRST_STEP = 64;

    /**
     * A call.
     *
     * @param number its number
     * @param arguments its arguments
     */
    record Call(long number, long... arguments) {}

    private StagedCalls() {}

    /** What each call returned. */
    static List<Long> in(Container container, List<Call> calls) {
        ProgramBuilder builder = SyscallProgram.builder();
        for (Call call : calls) {
            Object[] arguments = LongStream.of(call.arguments()).boxed().toArray();
            // The number follows below.
            builder.step("call " + call.number(), Syscall.GETEUID, arguments).mayFail();
        }
        builder.step("end", Syscall.EXIT_GROUP, 0);
        SyscallProgram program = builder.build();
        byte[] code = program.code(Architecture.current());
        byte[] data = program.data();
        byte[] file = Arrays.copyOf(code, SyscallProgram.DATA + data.length);
        System.arraycopy(data, 0, file, SyscallProgram.DATA, data.length);
        ByteBuffer memory = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
        int before = program.steps().size() - calls.size() - 1;
        for (int i = 0; i < calls.size(); i++) {
            memory.putLong(FIRST_STEP + (before + i) * STEP, calls.get(i).number());
        }
        container.files().write("/staged", Stage.executable(Architecture.current()), 0755);
        container.files().write("/staged.plan", file, 0600);
        container.exec(Command.of("sh", "-c", "exec /staged 0<>/staged.plan").timeout(TestLxj.LONG));
        ByteBuffer after =
                ByteBuffer.wrap(container.files().read("/staged.plan")).order(ByteOrder.LITTLE_ENDIAN);
        List<Long> results = new ArrayList<>();
        for (int i = 0; i < calls.size(); i++) {
            results.add(after.getLong(FIRST_STEP + (before + i) * STEP + RESULT));
        }
        return results;
    }
}

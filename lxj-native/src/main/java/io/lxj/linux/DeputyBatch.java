package io.lxj.linux;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToLongFunction;

/**
 * The same call for many names, in as few messages to a {@link Deputy} as they fit into: a message brings a step for each
 * name, which are run one after the other where they have arrived, and the answer brings them back with their results.
 */
final class DeputyBatch {
    private static final int IOVEC = DeputyExchange.IOVEC;
    private static final int STEP = SyscallProgram.STEP_SIZE;
    /** A message as a whole has to fit into the buffer of a socket, see net.core.wmem_default in socket(7). */
    private static final int ROOM = DeputyProgram.ROOM - DeputyProgram.REPLY;

    private final DeputyProgram program;
    private final ToLongFunction<DeputyExchange.Call> deputy;

    private final int most;

    DeputyBatch(DeputyProgram program, ToLongFunction<DeputyExchange.Call> deputy, int most) {
        this.most = most;
        this.program = program;
        this.deputy = deputy;
    }

    long[] run(Syscall call, Fd directory, List<byte[]> names, long last) throws LinuxException {
        long[] results = new long[names.size()];
        Arrays.fill(results, -Errno.ESRCH.number());
        int done = 0;
        while (done < results.length) {
            int end = done;
            int size = 0;
            while (end < results.length && end - done < most && size + STEP + names.get(end).length + 1 <= ROOM) {
                size += STEP + names.get(end++).length + 1;
            }
            if (end == done) {
                throw LinuxException.of(-Errno.ENAMETOOLONG.number(), call.manName(), directory, names.get(done), last);
            }
            run(call, directory, names.subList(done, end), last, size, results, done);
            done = end;
        }
        return results;
    }

    private void run(Syscall call, Fd directory, List<byte[]> names, long last, int size, long[] results, int at)
            throws LinuxException {
        try (Scratch scratch = Scratch.open()) {
            long there = program.room.value() + DeputyProgram.REPLY;
            int stepsLength = names.size() * STEP;
            Block first = scratch.zeroed(STEP);
            first.buffer().putLong(0, Syscall.GETPID.number(Architecture.current()));
            goOn(first.buffer(), 0, there);
            Block reply = scratch.zeroed(DeputyProgram.REPLY);
            reply.buffer()
                    .putLong(0, program.result)
                    .putLong(8, 8)
                    .putLong(16, there)
                    .putLong(24, stepsLength);
            Block steps = scratch.zeroed(size);
            int name = stepsLength;
            for (int i = 0; i < names.size(); i++) {
                byte[] bytes = FileName.component(names.get(i));
                steps.buffer()
                        .putLong(i * STEP, call.number(Architecture.current()))
                        .putLong(i * STEP + 8, DeputyProgram.FIRST_CARRIED)
                        .putLong(i * STEP + 16, there + name)
                        .putLong(i * STEP + 24, last);
                boolean ends = i + 1 == names.size();
                goOn(steps.buffer(), i * STEP, ends ? program.withNumber : there + (i + 1) * STEP);
                steps.buffer().put(name, bytes);
                name += bytes.length + 1;
            }
            Block pieces = scratch.block(3 * IOVEC);
            Block[] sent = {first, reply, steps};
            for (int i = 0; i < sent.length; i++) {
                pieces.buffer().putLong(i * IOVEC, sent[i].address()).putLong(i * IOVEC + 8, sent[i].length());
            }
            Block answer = scratch.zeroed(stepsLength);
            long result = directory.borrow(fd -> deputy.applyAsLong(socket -> new DeputyExchange(socket, scratch)
                    .run(pieces, sent.length, new int[] {fd}, 1, answer.address(), stepsLength, false)));
            if (result < 0) {
                throw LinuxException.of(result, call.manName(), directory, names.get(0), last);
            }
            for (int i = 0; i < names.size(); i++) {
                results[at + i] = answer.buffer().getLong(i * STEP + SyscallProgram.RESULT);
            }
        }
    }

    /** Whatever the result is. */
    private static void goOn(ByteBuffer steps, int at, long next) {
        steps.putLong(at + SyscallProgram.RESULT + 8, next)
                .putLong(at + SyscallProgram.RESULT + 16, next)
                .putLong(at + SyscallProgram.RESULT + 24, next);
    }
}

package io.lxj.linux;

import java.lang.ref.Reference;
import java.util.Arrays;

/**
 * Memory for the arguments of a system call: strings, structs, buffers. A thread has one stretch of it and uses it
 * like a stack, so that a call costs no allocation. What is taken between {@link #open} and {@link #close} belongs to
 * that scope; scopes nest.
 *
 * <pre>{@code
 * try (Scratch scratch = Scratch.open()) {
 *     long result = Kernel.call(Syscall.CHDIR, scratch.string(path));
 * }
 * }</pre>
 *
 * <p>A scope must be used and closed by the thread that opened it.
 */
public final class Scratch implements AutoCloseable {
    private static final int SIZE = 64 * 1024;
    private static final int ALIGNMENT = 8;
    private static final Block[] NONE = {};
    private static final byte[] ZEROES = new byte[256];
    private static final ThreadLocal<Stack> STACK = ThreadLocal.withInitial(Stack::new);

    private final Stack stack;
    private final int start;
    // Keeps what didn't fit into the stack alive until this scope is closed.
    private Block[] large = NONE;

    private static final class Stack {
        final Block memory = Block.allocate(SIZE);
        int top;
    }

    private Scratch(Stack stack) {
        this.stack = stack;
        this.start = stack.top;
    }

    /**
     * Begins a scope on the current thread's memory.
     *
     * @return the scope, to be closed by the same thread
     */
    public static Scratch open() {
        return new Scratch(STACK.get());
    }

    /**
     * Takes memory whose content is undefined.
     *
     * @param length in bytes
     * @return memory aligned to 8 bytes, valid until this scope is closed
     */
    public Block block(int length) {
        int aligned = aligned(length);
        if (aligned <= SIZE - stack.top) {
            Block block = stack.memory.slice(stack.top, length);
            stack.top += aligned;
            return block;
        }
        Block block = Block.allocate(length);
        large = Arrays.copyOf(large, large.length + 1);
        large[large.length - 1] = block;
        return block;
    }

    /**
     * Takes memory that is all zero.
     *
     * @param length in bytes
     * @return memory aligned to 8 bytes, valid until this scope is closed
     */
    public Block zeroed(int length) {
        Block block = block(length);
        for (int done = 0; done < length; done += ZEROES.length) {
            block.buffer().put(done, ZEROES, 0, Math.min(ZEROES.length, length - done));
        }
        return block;
    }

    /**
     * Stores a string for C.
     *
     * @param bytes the string without its end
     * @return the address of a copy that ends in NUL
     */
    public long string(byte[] bytes) {
        int aligned = aligned(bytes.length + 1);
        if (aligned <= SIZE - stack.top) {
            // Without a view of its own: that is what most calls need, and all that they need.
            int at = stack.top;
            stack.memory.buffer().put(at, bytes).put(at + bytes.length, (byte) 0);
            stack.top += aligned;
            return stack.memory.address() + at;
        }
        Block block = block(bytes.length + 1);
        block.buffer().put(0, bytes).put(bytes.length, (byte) 0);
        return block.address();
    }

    private static int aligned(int length) {
        return (length + ALIGNMENT - 1) & -ALIGNMENT;
    }

    /**
     * Stores a string for C.
     *
     * @param text a file name or other text, encoded as {@link FileName#bytes(String)} does
     * @return the address of a copy that ends in NUL
     */
    public long string(String text) {
        return string(FileName.bytes(text));
    }

    @Override
    public void close() {
        stack.top = start;
        // Until here the memory is in use, even though only its address was.
        Reference.reachabilityFence(large);
    }
}

package io.lxj.linux;

import io.lxj.linux.jna.NativeMemory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A piece of native memory: where it is, and how Java reads and writes it (in native byte order). It lives as long as
 * the buffer is reachable. Not thread-safe.
 *
 * @param address the address of the first byte
 * @param buffer the same memory; its capacity is the length
 */
public record Block(long address, ByteBuffer buffer) {
    /**
     * Allocates zeroed memory that the garbage collector frees.
     *
     * @param length in bytes
     * @return the memory
     */
    public static Block allocate(int length) {
        ByteBuffer buffer = ByteBuffer.allocateDirect(length).order(ByteOrder.nativeOrder());
        return new Block(NativeMemory.address(buffer), buffer);
    }

    /**
     * The length of the memory.
     *
     * @return in bytes
     */
    public int length() {
        return buffer.capacity();
    }

    /**
     * Part of this memory, with positions of its own.
     *
     * @param offset where it begins
     * @param length its length in bytes
     * @return a view of the same memory
     */
    public Block slice(int offset, int length) {
        return new Block(address + offset, buffer.slice(offset, length).order(ByteOrder.nativeOrder()));
    }
}

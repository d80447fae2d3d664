package io.lxj.linux.jna;

import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Addresses and buffers, one from the other. Thread-safe. */
public final class NativeMemory {
    static {
        LibraryFolder.choose();
    }

    private NativeMemory() {}

    /** The address of a direct buffer's first byte, whatever its position is. */
    public static long address(ByteBuffer direct) {
        return Pointer.nativeValue(Native.getDirectBufferPointer(direct));
    }

    /** A view of memory that something else owns; it must not be used once the memory is unmapped. */
    public static ByteBuffer view(long address, long length) {
        return new Pointer(address).getByteBuffer(0, length).order(ByteOrder.nativeOrder());
    }

    /**
     * How long a string is.
     *
     * @param address where it begins
     * @return the number of bytes before its NUL
     */
    public static int length(long address) {
        return (int) new Pointer(address).indexOf(0, (byte) 0);
    }
}

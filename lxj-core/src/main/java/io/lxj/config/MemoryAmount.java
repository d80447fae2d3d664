package io.lxj.config;

/**
 * How much memory: a {@link ByteSize}, or a {@link Percent} of what the host has. Immutable and thread-safe.
 *
 * <pre>{@code
 * Config.ofImage("debian-12").memory(ByteSize.mib(512))
 * Config.ofImage("debian-12").memory(Percent.of(50))
 * }</pre>
 */
public sealed interface MemoryAmount permits ByteSize, Percent {}

/**
 * What a container is to be, as immutable values: {@link io.lxj.config.Config} and what it is made of, the states of a
 * container and how one ended, and commands to run in one.
 *
 * <p>Nothing in here does any input or output, or knows the host: a value that can be made is well formed, not
 * necessarily possible. All types are thread-safe. A null argument is refused with a {@link
 * java.lang.NullPointerException} that names it, any other bad one with an {@link
 * io.lxj.error.InvalidConfigException} that names the field and what is allowed; no text may hold control characters
 * unless its description says so. This package imports no other of lxj but {@code io.lxj.error}.
 *
 * <p>Names within a container are bytes to Linux and strings here: a byte that isn't part of valid UTF-8 stands as the
 * lone surrogate {@code U+DC80} to {@code U+DCFF} of its value.
 */
package io.lxj.config;

/**
 * What can go wrong, as unchecked exceptions. Each one says what was being done to which image or container, which
 * system call failed with which errno, and what to do where that is known.
 *
 * <p>All of them extend {@link io.lxj.error.LxjException}. Their details are strings, so that an exception can be
 * logged, serialized and asserted on without any other type of lxj. This package imports no other.
 */
package io.lxj.error;

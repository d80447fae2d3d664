/**
 * Watches what was launched: one thread with an epoll waits for the ends of processes, for output on consoles, for
 * changes of files and for timers. Consoles are kept in memory and in a log here, and followed from here.
 *
 * <p>Nothing in this package knows what a container is. Imports of our own are {@code io.lxj.linux} and the values of
 * {@code io.lxj.config} only.
 */
package io.lxj.supervise;

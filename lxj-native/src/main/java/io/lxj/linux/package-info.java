/**
 * Linux as Java. Each kernel object has one small type that owns it and closes it; every failure is a
 * {@link io.lxj.linux.LinuxException}. Nothing here knows of containers.
 */
package io.lxj.linux;

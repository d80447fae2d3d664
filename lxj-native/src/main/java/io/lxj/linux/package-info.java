/**
 * Linux as Java. Each kernel object has one small type that owns it and closes it; every failure is a
 * {@link io.lxj.linux.LinuxException}. Nothing here knows of containers.
 *
 * <p>A JVM can't fork(2) and go on in Java in the child, and its threads can't enter a user namespace. So what a child is
 * to do before it executes a program is data: a {@link io.lxj.linux.SyscallProgram}, a list of system calls, composed by a
 * {@link io.lxj.linux.ProgramBuilder}. Calls can use the results of earlier ones, and what comes next can depend on a
 * result, which is enough for loops. The list and its strings stand in a memory file. What runs it is the
 * {@link io.lxj.linux.Stage}, an executable of some hundred bytes in a sealed memory file: it maps the list at a fixed
 * address, and makes one call after the other. {@link io.lxj.linux.Spawner} starts it by posix_spawn(3), whose cost doesn't
 * grow with the heap; {@link io.lxj.linux.WaitingStage} does so before the list is ready. The JVM sees in the same memory
 * which call failed and how ({@link io.lxj.linux.Spawned}), and the list can be printed like a trace before it has run.
 */
package io.lxj.linux;

/**
 * What a container's first process, and every process that joins it, does before it becomes a program of the
 * container: compiled to a list of system calls from plain data. Nothing here touches the system.
 */
package io.lxj.plan;

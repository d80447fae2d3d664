/**
 * What a container's first process, and every process that joins it, does before it becomes a program of the
 * container: compiled to a list of system calls from plain data. Nothing here touches the system.
 *
 * <p>A container's init comes about so ({@link io.lxj.plan.InitPlan}; {@code Container.launchPlan()} prints all of it):
 *
 * <ol>
 *   <li>The stage, a new process of the host, hides itself, and makes what only root of the host can make: the device
 *       nodes of /dev, the file system of /run/host, mounts whose flags the container must not lift.
 *   <li>It makes the container's namespaces but for that of processes, and says so. The JVM, which has opened the root,
 *       made the cgroup and composed the rest of the plan meanwhile, writes the ids of the user namespace, lets the
 *       layers of the root map the ids of files by them, and sends both.
 *   <li>The stage clones the init into a new namespace of processes and straight into its cgroup, as a child of the JVM,
 *       and leaves. The stage of a container that is kept stays outside, and so does an ordinary user's: it makes no
 *       namespaces, but clones the init into all of them. That of a container that is kept goes on as its keeper.
 *   <li>The init becomes root of its user namespace, mounts the root and what an init expects to be mounted, lets go of
 *       the host's root, hands the master of its console to the JVM, gives up what it must not have, closes what is the
 *       host's, and executes the program. Only by then is anything of the container's looked at by path.
 * </ol>
 *
 * <p>A command in a container ({@link io.lxj.plan.ExecPlan}) is the shorter way: the stage enters the namespaces of the
 * init by its pidfd, and clones a process into the container's cgroup that confines itself as the init did.
 */
package io.lxj.plan;

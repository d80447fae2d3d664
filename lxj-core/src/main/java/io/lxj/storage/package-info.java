/**
 * What lxj keeps on disk: the layout of the state folder, locks between processes, files that are replaced as a whole,
 * containers and the root file system of each. Internal; knows nothing of running containers.
 *
 * <p>The state folder belongs to one user and nobody else can enter it, so its own paths are trusted. What lies below
 * the root of an image or of a container is not: it is only reached through fds.
 */
package io.lxj.storage;

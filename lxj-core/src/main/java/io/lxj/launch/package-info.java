/** Runs plans: brings a container's init to life, and programs into a running container. */
package io.lxj.launch;

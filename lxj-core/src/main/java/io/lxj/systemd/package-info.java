/**
 * Asks systemd for cgroups, over D-Bus: the tree is systemd's on a host that it runs, and who wants a part of it gets a
 * scope; see its page "Control Group APIs and Delegation". It speaks as much of D-Bus as that takes, by itself: a library
 * for all of it costs some hundred milliseconds at the first call, five threads and three modules of the JDK.
 */
package io.lxj.systemd;

/**
 * What happens to a container from its creation to its removal: which state it is in, how it gets to the next one, and
 * what is done when it gets there by itself. Knows of storage, launch and supervision; none of them knows of it.
 */
package io.lxj.lifecycle;

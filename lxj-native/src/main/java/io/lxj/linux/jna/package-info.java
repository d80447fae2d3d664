/**
 * The only package that knows how Java calls C here. Everything above sees numbers and byte buffers, so that another
 * foreign-function interface can take its place.
 */
package io.lxj.linux.jna;

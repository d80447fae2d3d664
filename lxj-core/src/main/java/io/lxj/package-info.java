/**
 * System containers from inside a Java process. {@link io.lxj.Lxj} is the way in; {@link io.lxj.Image},
 * {@link io.lxj.Container} and {@link io.lxj.config.Config} are what one works with.
 */
package io.lxj;

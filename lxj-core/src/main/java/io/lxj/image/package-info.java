/**
 * Images: from the bytes of an archive to files on disk. Decompression, tar and what is written are separate stages;
 * everything that an archive says is taken for hostile. Internal; knows nothing of containers.
 */
package io.lxj.image;

package io.lxj.image;

import java.io.IOException;

/** Files with all that is known of them, one after the other: of an archive, or of a tree. Used by one thread. */
interface EntrySource {
    /** The next entry, or null at the end. What is left of the content of the one before is passed over. */
    TarEntry next() throws IOException;

    /** Hands the stored content of the current entry on. */
    void content(ContentSink sink) throws IOException;
}

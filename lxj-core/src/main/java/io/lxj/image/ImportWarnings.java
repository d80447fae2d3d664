package io.lxj.image;

import io.lxj.linux.FileName;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What an import left out or could not do, without being any the worse for it. Of each kind only the first entry is
 * named and the rest counted: an archive must not be able to fill the memory with warnings.
 */
final class ImportWarnings {
    private static final class Kind {
        private final String first;
        private long count = 1;

        Kind(String first) {
            this.first = first;
        }
    }

    private final Map<String, Kind> kinds = new LinkedHashMap<>();
    private final List<String> general = new ArrayList<>();

    /**
     * Notes something of an entry.
     *
     * @param kind what happened, as a sentence of which there is a fixed number
     * @param entry the name of the entry
     */
    void add(String kind, byte[] entry) {
        Kind known = kinds.get(kind);
        if (known == null) {
            kinds.put(kind, new Kind(FileName.quote(entry)));
        } else {
            known.count++;
        }
    }

    /** Notes something of the archive as a whole. */
    void add(String warning) {
        general.add(warning);
    }

    /** All of them as sentences. */
    List<String> list() {
        List<String> all = new ArrayList<>();
        kinds.forEach((kind, of) ->
                all.add(kind + ": " + of.first + (of.count == 1 ? "" : " and " + (of.count - 1) + " more")));
        all.addAll(general);
        return all;
    }
}

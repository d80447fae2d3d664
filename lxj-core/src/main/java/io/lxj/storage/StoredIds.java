package io.lxj.storage;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.lxj.config.IdMap;
import io.lxj.config.IdRange;
import io.lxj.error.CorruptStateException;
import io.lxj.linux.Directory;
import io.lxj.linux.Errno;
import io.lxj.linux.LinuxException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The file beside a shifted copy that says for which ids it was made. */
final class StoredIds {
    private static final String FILE = "ids.json";
    private static final String USERS = "users";
    private static final String GROUPS = "groups";

    private StoredIds() {}

    static void write(Directory folder, Optional<IdMap> ids) throws LinuxException {
        JsonObject object = new JsonObject();
        ids.ifPresent(map -> {
            object.add(USERS, ranges(map.users()));
            object.add(GROUPS, ranges(map.groups()));
        });
        JsonFile.make(folder, FILE, object + "\n").close();
    }

    private static JsonArray ranges(List<IdRange> ranges) {
        JsonArray array = new JsonArray();
        for (IdRange range : ranges) {
            JsonArray numbers = new JsonArray();
            numbers.add(range.inside());
            numbers.add(range.outside());
            numbers.add(range.count());
            array.add(numbers);
        }
        return array;
    }

    static Optional<IdMap> read(Directory folder, String path) throws LinuxException {
        String file = path + "/" + FILE;
        String text = JsonFile.read(folder, FILE)
                .orElseThrow(() -> LinuxException.of(-Errno.ENOENT.number(), "openat", folder.fd(), FILE));
        JsonFields fields = JsonFields.parse(file, text);
        try {
            return fields.has(USERS)
                    ? Optional.of(new IdMap(
                            fields.parsedElement(USERS, StoredIds::ranges),
                            fields.parsedElement(GROUPS, StoredIds::ranges)))
                    : Optional.empty();
        } catch (io.lxj.error.InvalidConfigException e) {
            throw new CorruptStateException(file, e);
        }
    }

    private static List<IdRange> ranges(JsonElement array) {
        List<IdRange> ranges = new ArrayList<>();
        for (JsonElement element : array.getAsJsonArray()) {
            JsonArray numbers = element.getAsJsonArray();
            ranges.add(new IdRange(
                    numbers.get(0).getAsLong(),
                    numbers.get(1).getAsLong(),
                    numbers.get(2).getAsLong()));
        }
        return ranges;
    }
}

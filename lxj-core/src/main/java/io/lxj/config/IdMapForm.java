package io.lxj.config;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.List;

/** An {@link IdMap} as JSON. */
final class IdMapForm {
    private IdMapForm() {}

    static JsonElement write(IdMap map) {
        JsonObject object = new JsonObject();
        object.add("users", JsonForm.list(map.users(), IdMapForm::write));
        object.add("groups", JsonForm.list(map.groups(), IdMapForm::write));
        return object;
    }

    private static JsonElement write(IdRange range) {
        JsonObject object = new JsonObject();
        object.addProperty("inside", range.inside());
        object.addProperty("outside", range.outside());
        object.addProperty("count", range.count());
        return object;
    }

    static IdMap read(JsonValue value) {
        return value.made("idMap", () -> {
            JsonFields fields = value.fields();
            List<IdRange> users = fields.required("users").list(IdMapForm::range);
            List<IdRange> groups = fields.required("groups").list(IdMapForm::range);
            fields.refuseOthers();
            return new IdMap(users, groups);
        });
    }

    private static IdRange range(JsonValue value) {
        return value.made("idRange", () -> {
            JsonFields fields = value.fields();
            long inside = fields.required("inside").number();
            long outside = fields.required("outside").number();
            long count = fields.required("count").number();
            fields.refuseOthers();
            return new IdRange(inside, outside, count);
        });
    }
}

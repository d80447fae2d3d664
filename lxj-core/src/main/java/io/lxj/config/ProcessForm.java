package io.lxj.config;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.util.List;
import java.util.Optional;

/** {@link ProcessSettings} as JSON: only what is set. */
final class ProcessForm {
    private static final String UNLIMITED = "unlimited";

    private ProcessForm() {}

    static Optional<JsonElement> write(ProcessSettings settings) {
        JsonObject object = new JsonObject();
        if (!settings.limits().isEmpty()) {
            JsonObject limits = new JsonObject();
            settings.limits().forEach((resource, limit) -> limits.add(resource.toString(), write(limit)));
            object.add(ProcessSettings.LIMITS.name(), limits);
        }
        if (settings.oomScoreAdjust().isPresent()) {
            object.addProperty(
                    ProcessSettings.OOM_SCORE_ADJUST.name(),
                    settings.oomScoreAdjust().get());
        }
        if (settings.umask() != ProcessSettings.UMASK.initial()) {
            object.addProperty(ProcessSettings.UMASK.name(), FileMode.text(settings.umask()));
        }
        if (!settings.groups().isEmpty()) {
            object.add(ProcessSettings.GROUPS.name(), JsonForm.list(settings.groups(), JsonPrimitive::new));
        }
        return object.size() == 0 ? Optional.empty() : Optional.of(object);
    }

    private static JsonElement write(ResourceLimit limit) {
        JsonObject object = new JsonObject();
        object.add("soft", number(limit.soft()));
        object.add("hard", number(limit.hard()));
        return object;
    }

    private static JsonElement number(long limit) {
        return limit == ResourceLimit.UNLIMITED ? new JsonPrimitive(UNLIMITED) : new JsonPrimitive(limit);
    }

    static ProcessSettings read(JsonValue value) {
        JsonFields fields = value.fields();
        ProcessSettings settings = ProcessSettings.DEFAULT;
        Optional<JsonValue> limits = fields.optional(ProcessSettings.LIMITS.name());
        if (limits.isPresent()) {
            settings = limits(settings, limits.get().fields());
        }
        Optional<JsonValue> score = fields.optional(ProcessSettings.OOM_SCORE_ADJUST.name());
        if (score.isPresent()) {
            settings = settings.oomScoreAdjust(score.get().integer());
        }
        settings = settings.umask(fields.mode(ProcessSettings.UMASK.name(), settings.umask()));
        Optional<JsonValue> groups = fields.optional(ProcessSettings.GROUPS.name());
        if (groups.isPresent()) {
            List<Long> gids = groups.get().list(JsonValue::unsignedLong);
            settings = settings.groups(gids.stream().mapToLong(Long::longValue).toArray());
        }
        fields.refuseOthers();
        return settings;
    }

    private static ProcessSettings limits(ProcessSettings settings, JsonFields limits) {
        ProcessSettings all = settings;
        for (String name : limits.names()) {
            JsonFields limit = limits.required(name).fields();
            Resource resource = Resource.parse(name);
            if (all.limits().containsKey(resource)) {
                throw limits.required(name)
                        .problem("is that of " + resource + " once more", "one limit for each resource");
            }
            all = all.limit(resource, number(limit.required("soft")), number(limit.required("hard")));
            limit.refuseOthers();
        }
        return all;
    }

    private static long number(JsonValue value) {
        if (!value.isText()) {
            return value.unsignedLong();
        }
        if (!value.string().equals(UNLIMITED)) {
            throw value.notAllowed("a number, or " + UNLIMITED);
        }
        return ResourceLimit.UNLIMITED;
    }
}

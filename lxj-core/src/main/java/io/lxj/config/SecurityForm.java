package io.lxj.config;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.util.Optional;

/** {@link Security} as JSON: only what differs from the default, which a later version of lxj may tighten. */
final class SecurityForm {
    private static final String UNCONFINED = "unconfined";

    private SecurityForm() {}

    static Optional<JsonElement> write(Security security) {
        JsonObject object = new JsonObject();
        if (security.hasOwnSeccomp()) {
            object.add(Security.SECCOMP.name(), write(security.seccomp()));
        }
        return object.size() == 0 ? Optional.empty() : Optional.of(object);
    }

    private static JsonElement write(SeccompProfile profile) {
        return profile.isFilter() ? SeccompForm.write(profile) : new JsonPrimitive(UNCONFINED);
    }

    static Security read(JsonValue value) {
        JsonFields fields = value.fields();
        Security security = Security.DEFAULT;
        Optional<JsonValue> seccomp = fields.optional(Security.SECCOMP.name());
        if (seccomp.isPresent()) {
            security = security.seccomp(seccomp(seccomp.get()));
        }
        fields.refuseOthers();
        return security;
    }

    private static SeccompProfile seccomp(JsonValue value) {
        if (!value.isText()) {
            return SeccompForm.read(value);
        }
        if (!value.string().equals(UNCONFINED)) {
            throw value.notAllowed(UNCONFINED + ", or an object as in Docker's format");
        }
        return SeccompProfile.unconfined();
    }
}

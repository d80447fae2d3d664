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
        if (!security.capabilities().equals(CapabilityChanges.NONE)) {
            JsonObject capabilities = new JsonObject();
            capabilities.add("keep", JsonForm.list(security.capabilities().kept(), JsonForm::text));
            capabilities.add("drop", JsonForm.list(security.capabilities().dropped(), JsonForm::text));
            object.add(Security.CAPABILITIES.name(), capabilities);
        }
        if (security.isNoNewPrivileges()) {
            object.addProperty(Security.NO_NEW_PRIVILEGES.name(), true);
        }
        security.appArmor().ifPresent(profile -> object.addProperty(Security.APP_ARMOR.name(), profile));
        security.seLinux().ifPresent(label -> object.addProperty(Security.SE_LINUX.name(), label));
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
        Optional<JsonValue> capabilities = fields.optional(Security.CAPABILITIES.name());
        if (capabilities.isPresent()) {
            security = security.capabilities(capabilities(capabilities.get().fields()));
        }
        security = fields.bool(Security.NO_NEW_PRIVILEGES.name(), false) ? security.noNewPrivileges() : security;
        Optional<JsonValue> appArmor = fields.optional(Security.APP_ARMOR.name());
        if (appArmor.isPresent()) {
            security = security.appArmor(appArmor.get().string());
        }
        Optional<JsonValue> seLinux = fields.optional(Security.SE_LINUX.name());
        if (seLinux.isPresent()) {
            security = security.seLinux(seLinux.get().string());
        }
        fields.refuseOthers();
        return security;
    }

    private static CapabilityChanges capabilities(JsonFields fields) {
        CapabilityChanges changes = CapabilityChanges.NONE.keep(all(fields, "keep"));
        for (Capability dropped : all(fields, "drop")) {
            if (changes.kept().contains(dropped)) {
                throw fields.required("drop").problem("has " + dropped + ", which is to be kept", "one or the other");
            }
            changes = changes.drop(dropped);
        }
        fields.refuseOthers();
        return changes;
    }

    private static Capability[] all(JsonFields fields, String key) {
        Optional<JsonValue> values = fields.optional(key);
        return values.isEmpty()
                ? new Capability[0]
                : values.get().list(value -> value.parsed(Capability::parse)).toArray(new Capability[0]);
    }

    private static SeccompProfile seccomp(JsonValue value) {
        if (!value.isText()) {
            return SeccompReader.read(value);
        }
        if (!value.string().equals(UNCONFINED)) {
            throw value.notAllowed(UNCONFINED + ", or an object as in Docker's format");
        }
        return SeccompProfile.unconfined();
    }
}

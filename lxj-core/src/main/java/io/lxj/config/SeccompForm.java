package io.lxj.config;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.math.BigInteger;
import java.util.Collection;

/** A {@link SeccompProfile} as JSON, as {@link SeccompReader} reads it. */
final class SeccompForm {
    private SeccompForm() {}

    static JsonElement write(SeccompProfile profile) {
        JsonObject object = new JsonObject();
        write(object, "defaultAction", "defaultErrnoRet", profile.defaultAction());
        if (!profile.newerAction()
                .equals(SeccompProfile.of(profile.defaultAction()).newerAction())) {
            write(object, "newerAction", "newerErrnoRet", profile.newerAction());
        }
        JsonArray architectures = new JsonArray();
        profile.architectures().forEach(architecture -> architectures.add(architecture.oci()));
        object.add("architectures", architectures);
        object.add("syscalls", JsonForm.list(profile.rules(), SeccompForm::write));
        return object;
    }

    private static void write(JsonObject object, String key, String errnoKey, SeccompAction action) {
        object.addProperty(key, action.kind().oci());
        if (action.kind() == SeccompAction.Kind.ERRNO) {
            object.addProperty(errnoKey, action.errno());
        }
    }

    private static JsonElement write(SeccompRule rule) {
        JsonObject object = new JsonObject();
        object.add("names", JsonForm.texts(rule.calls()));
        write(object, "action", "errnoRet", rule.action());
        if (!rule.arguments().isEmpty()) {
            object.add(
                    SeccompRule.areDistinct(rule.arguments()) ? SeccompReader.ARGS : SeccompReader.ALL_ARGS,
                    JsonForm.list(rule.arguments(), SeccompForm::write));
        }
        SeccompCondition condition = rule.condition();
        JsonObject includes = new JsonObject();
        texts(includes, "caps", condition.capabilities());
        texts(includes, "arches", condition.architectures());
        if (condition.minKernel().isPresent()) {
            includes.addProperty("minKernel", condition.minKernel().get());
        }
        if (condition.userNamespace().isPresent()) {
            includes.addProperty("userNamespace", condition.userNamespace().get());
        }
        JsonObject excludes = new JsonObject();
        texts(excludes, "caps", condition.withoutCapabilities());
        texts(excludes, "arches", condition.withoutArchitectures());
        if (condition.belowKernel().isPresent()) {
            excludes.addProperty("minKernel", condition.belowKernel().get());
        }
        if (includes.size() > 0) {
            object.add("includes", includes);
        }
        if (excludes.size() > 0) {
            object.add("excludes", excludes);
        }
        return object;
    }

    private static void texts(JsonObject object, String key, Collection<?> values) {
        if (!values.isEmpty()) {
            object.add(key, JsonForm.texts(values.stream().map(Object::toString).toList()));
        }
    }

    private static JsonElement write(SeccompArgument argument) {
        JsonObject object = new JsonObject();
        object.addProperty("index", argument.index());
        object.add("value", unsigned(argument.value()));
        if (argument.operator() == SeccompArgument.Operator.MASKED_EQ) {
            object.add("valueTwo", unsigned(argument.valueTwo()));
        }
        object.addProperty("op", argument.operator().oci());
        return object;
    }

    private static JsonElement unsigned(long value) {
        return new JsonPrimitive(new BigInteger(Long.toUnsignedString(value)));
    }
}

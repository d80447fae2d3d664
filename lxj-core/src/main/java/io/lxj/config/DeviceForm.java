package io.lxj.config;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/** A {@link Device} as JSON. */
final class DeviceForm {
    private static final String KIND = "device";
    private static final String TYPE = "type";

    /** The kinds of devices by the name that they have in JSON. */
    private enum Type {
        HOST,
        CHARACTER,
        BLOCK
    }

    private DeviceForm() {}

    static JsonElement write(Device device) {
        JsonObject object = new JsonObject();
        if (device instanceof HostDevice host) {
            object.add(TYPE, JsonForm.constant(Type.HOST));
            object.addProperty("source", host.source());
            object.addProperty("target", host.target());
        } else if (device instanceof NodeDevice node) {
            object.add(TYPE, JsonForm.constant(node.type()));
            object.addProperty("major", node.major());
            object.addProperty("minor", node.minor());
            object.addProperty("target", node.target());
            object.addProperty("mode", FileMode.text(node.mode()));
        }
        object.addProperty("access", DeviceRules.letters(device.access()));
        return object;
    }

    static Device read(JsonValue value) {
        return value.made(KIND, () -> {
            JsonFields fields = value.fields();
            Type type = fields.required(TYPE).constant(Type.class);
            Device device =
                    type == Type.HOST ? readHost(fields) : readNode(NodeDevice.Type.valueOf(type.name()), fields);
            fields.refuseOthers();
            return device;
        });
    }

    private static HostDevice readHost(JsonFields fields) {
        String source = fields.string("source");
        String target = fields.string("target");
        return new HostDevice(source, target, access(fields));
    }

    private static NodeDevice readNode(NodeDevice.Type type, JsonFields fields) {
        int major = fields.integer("major");
        int minor = fields.integer("minor");
        String target = fields.string("target");
        int mode = fields.mode("mode", NodeDevice.DEFAULT_MODE);
        return new NodeDevice(type, major, minor, target, mode, access(fields));
    }

    private static Set<DeviceAccess> access(JsonFields fields) {
        Optional<JsonValue> letters = fields.optional("access");
        return letters.isPresent()
                ? letters.get().parsed(DeviceRules::parseLetters)
                : EnumSet.allOf(DeviceAccess.class);
    }
}

package io.lxj.config;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;

/** {@link ConsoleSettings} as JSON. */
final class ConsoleForm {
    private ConsoleForm() {}

    static JsonElement write(ConsoleSettings console) {
        JsonObject object = new JsonObject();
        object.addProperty("rows", console.size().rows());
        object.addProperty("columns", console.size().columns());
        object.add("logSize", JsonForm.text(console.logSize()));
        object.addProperty("logRotations", console.logRotations());
        object.add("bufferSize", JsonForm.text(console.bufferSize()));
        return object;
    }

    static ConsoleSettings read(JsonValue value) {
        ConsoleSettings initial = ConsoleSettings.DEFAULT;
        JsonFields fields = value.fields();
        int rows = fields.integer("rows", initial.size().rows());
        int columns = fields.integer("columns", initial.size().columns());
        ByteSize logSize = fields.size("logSize").orElse(initial.logSize());
        int logRotations = fields.integer("logRotations", initial.logRotations());
        ByteSize bufferSize = fields.size("bufferSize").orElse(initial.bufferSize());
        fields.refuseOthers();
        TerminalSize size = value.made("terminal", () -> new TerminalSize(rows, columns));
        return value.made("console", () -> new ConsoleSettings(size, logSize, logRotations, bufferSize));
    }
}

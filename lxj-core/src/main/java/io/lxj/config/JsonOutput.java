package io.lxj.config;

import com.google.gson.JsonElement;
import com.google.gson.JsonPrimitive;
import com.google.gson.stream.JsonWriter;
import io.lxj.error.InvalidConfigException;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.Map;

/** Writes a tree as JSON text, indented, in the order of the tree. */
final class JsonOutput {
    private static final String INDENT = "  ";

    private JsonOutput() {}

    static String print(JsonElement root) {
        StringWriter text = new StringWriter();
        try (JsonWriter writer = new JsonWriter(text)) {
            writer.setIndent(INDENT);
            write(writer, root);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        String json = escapeLoneSurrogates(text + "\n");
        if (json.length() > JsonInput.LONGEST) {
            throw InvalidConfigException.problem(
                    "config", "has " + json.length() + " characters as JSON", "at most " + JsonInput.LONGEST);
        }
        return json;
    }

    private static void write(JsonWriter writer, JsonElement element) throws IOException {
        if (element.isJsonObject()) {
            writer.beginObject();
            for (Map.Entry<String, JsonElement> entry :
                    element.getAsJsonObject().entrySet()) {
                writer.name(entry.getKey());
                write(writer, entry.getValue());
            }
            writer.endObject();
        } else if (element.isJsonArray()) {
            writer.beginArray();
            for (JsonElement child : element.getAsJsonArray()) {
                write(writer, child);
            }
            writer.endArray();
        } else {
            write(writer, element.getAsJsonPrimitive());
        }
    }

    private static void write(JsonWriter writer, JsonPrimitive value) throws IOException {
        if (value.isBoolean()) {
            writer.value(value.getAsBoolean());
        } else if (value.isNumber()) {
            writer.value(value.getAsNumber());
        } else {
            writer.value(value.getAsString());
        }
    }

    /** A lone surrogate stands for a byte of a name that isn't UTF-8. UTF-8 has no form for it, JSON's escapes do. */
    private static String escapeLoneSurrogates(String json) {
        if (json.chars().noneMatch(Text::isSurrogate)) {
            return json;
        }
        StringBuilder out = new StringBuilder(json.length());
        int point;
        for (int i = 0; i < json.length(); i += Character.charCount(point)) {
            point = json.codePointAt(i);
            if (Text.isSurrogate(point)) {
                out.append("\\u").append(Integer.toHexString(point));
            } else {
                out.appendCodePoint(point);
            }
        }
        return out.toString();
    }
}

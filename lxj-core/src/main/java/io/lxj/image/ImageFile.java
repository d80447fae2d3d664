package io.lxj.image;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import io.lxj.config.ArchiveFormat;
import io.lxj.config.ByteSize;
import io.lxj.config.ImageDefaults;
import io.lxj.config.ImageInfo;
import io.lxj.config.ImageSource;
import io.lxj.config.InitSystem;
import io.lxj.config.OsRelease;
import io.lxj.error.CorruptStateException;
import io.lxj.error.InvalidConfigException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The file image.json: what is known of an image, as JSON that people can read. */
public final class ImageFile {
    /** Its name in the folder of the image. */
    public static final String NAME = "image.json";
    /** The name of the folder beside it that holds the image's content. */
    public static final String ROOTFS = "rootfs";

    private static final int VERSION = 1;

    private ImageFile() {}

    /**
     * Writes what is known of an image.
     *
     * @param info what is known
     * @return JSON with a line break at its end
     */
    public static String write(ImageInfo info) {
        JsonObject json = new JsonObject();
        json.addProperty("version", VERSION);
        json.addProperty("name", info.name());
        json.addProperty("created", info.created().toString());
        info.source().ifPresent(source -> {
            JsonObject object = new JsonObject();
            object.addProperty("format", source.format().suffix());
            object.addProperty("sha256", source.sha256());
            object.addProperty("bytes", source.size().bytes());
            json.add("source", object);
        });
        json.addProperty("bytes", info.size().bytes());
        json.addProperty("entries", info.entries());
        info.os().ifPresent(os -> {
            JsonObject object = new JsonObject();
            object.addProperty("id", os.id());
            object.addProperty("version", os.version());
            object.addProperty("prettyName", os.prettyName());
            json.add("os", object);
        });
        info.architecture().ifPresent(architecture -> json.addProperty("architecture", architecture));
        json.addProperty("initSystem", info.initSystem().name().toLowerCase(Locale.ROOT));
        info.init().ifPresent(init -> json.addProperty("init", init));
        JsonArray warnings = new JsonArray();
        info.warnings().forEach(warnings::add);
        json.add("warnings", warnings);
        if (!info.defaults().equals(ImageDefaults.NONE)) {
            json.add("defaults", defaults(info.defaults()));
        }
        return new GsonBuilder()
                        .setPrettyPrinting()
                        .disableHtmlEscaping()
                        .create()
                        .toJson(json) + "\n";
    }

    private static JsonObject defaults(ImageDefaults defaults) {
        JsonObject environment = new JsonObject();
        defaults.environment().forEach(environment::addProperty);
        JsonArray init = new JsonArray();
        defaults.init().forEach(init::add);
        JsonObject json = new JsonObject();
        json.add("environment", environment);
        json.add("init", init);
        return json;
    }

    /**
     * Reads what is known of an image.
     *
     * @param text the content of the file
     * @param file what to call it in an error
     * @return what is known
     * @throws CorruptStateException if it isn't such a file, or one of a later version
     */
    public static ImageInfo read(String text, String file) {
        try {
            JsonElement json = JsonParser.parseString(text);
            Fields fields = new Fields("", json.getAsJsonObject());
            int version = fields.required("version").getAsInt();
            if (version != VERSION) {
                throw new IllegalStateException("it is of version " + version + ", and this lxj knows only " + VERSION);
            }
            return read(fields);
        } catch (JsonParseException
                | IllegalStateException
                | UnsupportedOperationException
                | IllegalArgumentException
                | DateTimeException
                | InvalidConfigException e) {
            throw new CorruptStateException(file, String.valueOf(e.getMessage()), e);
        }
    }

    private static ImageInfo read(Fields fields) {
        fields.onlyKnown(Set.of(
                "version",
                "name",
                "created",
                "source",
                "bytes",
                "entries",
                "os",
                "architecture",
                "initSystem",
                "init",
                "warnings",
                "defaults"));
        List<String> warnings = new ArrayList<>();
        fields.required("warnings").getAsJsonArray().forEach(warning -> warnings.add(warning.getAsString()));
        return new ImageInfo(
                fields.required("name").getAsString(),
                Instant.parse(fields.required("created").getAsString()),
                fields.object("source").map(ImageFile::source),
                ByteSize.bytes(fields.required("bytes").getAsLong()),
                fields.required("entries").getAsLong(),
                fields.object("os").map(ImageFile::os),
                fields.text("architecture"),
                InitSystem.valueOf(fields.required("initSystem").getAsString().toUpperCase(Locale.ROOT)),
                fields.text("init"),
                warnings,
                fields.object("defaults").map(ImageFile::readDefaults).orElse(ImageDefaults.NONE));
    }

    private static ImageDefaults readDefaults(Fields fields) {
        fields.onlyKnown(Set.of("environment", "init"));
        Map<String, String> environment = new HashMap<>();
        fields.required("environment")
                .getAsJsonObject()
                .entrySet()
                .forEach(variable ->
                        environment.put(variable.getKey(), variable.getValue().getAsString()));
        List<String> init = new ArrayList<>();
        fields.required("init").getAsJsonArray().forEach(argument -> init.add(argument.getAsString()));
        return new ImageDefaults(environment, init);
    }

    private static ImageSource source(Fields fields) {
        fields.onlyKnown(Set.of("format", "sha256", "bytes"));
        return new ImageSource(
                ArchiveFormat.ofSuffix(fields.required("format").getAsString()),
                fields.required("sha256").getAsString(),
                ByteSize.bytes(fields.required("bytes").getAsLong()));
    }

    private static OsRelease os(Fields fields) {
        fields.onlyKnown(Set.of("id", "version", "prettyName"));
        return new OsRelease(
                fields.required("id").getAsString(),
                fields.required("version").getAsString(),
                fields.required("prettyName").getAsString());
    }

    /** The members of a JSON object, which are asked for by name. */
    private record Fields(String prefix, JsonObject object) {
        JsonElement required(String name) {
            JsonElement value = object.get(name);
            if (value == null || value.isJsonNull()) {
                throw new IllegalStateException("\"" + prefix + name + "\" is missing");
            }
            return value;
        }

        Optional<String> text(String name) {
            return Optional.ofNullable(object.get(name)).map(JsonElement::getAsString);
        }

        Optional<Fields> object(String name) {
            return Optional.ofNullable(object.get(name))
                    .map(value -> new Fields(prefix + name + ".", value.getAsJsonObject()));
        }

        void onlyKnown(Set<String> known) {
            for (String name : object.keySet()) {
                if (!known.contains(name)) {
                    throw new IllegalStateException("the key \"" + prefix + name + "\" is not known");
                }
            }
        }
    }
}

package io.lxj.config;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.Optional;
import java.util.Set;

/** A {@link Mount} as JSON. */
final class MountForm {
    private static final String KIND = "mount";
    private static final String TYPE = "type";

    /** The kinds of mounts by the name that they have in JSON. */
    private enum Type {
        BIND,
        TMPFS
    }

    private MountForm() {}

    static JsonElement write(Mount mount) {
        JsonObject object = new JsonObject();
        if (mount instanceof BindMount bind) {
            object.add(TYPE, JsonForm.constant(Type.BIND));
            object.addProperty("source", bind.source());
            writeCommon(mount, object);
            object.addProperty("recursive", bind.recursive());
            object.addProperty("optional", bind.sourceOptional());
            bind.ids().ifPresent(map -> object.add("ids", IdMapForm.write(map)));
        } else if (mount instanceof TmpfsMount tmpfs) {
            object.add(TYPE, JsonForm.constant(Type.TMPFS));
            writeCommon(mount, object);
            tmpfs.size().ifPresent(size -> object.add("size", JsonForm.text(size)));
            object.addProperty("mode", FileMode.text(tmpfs.mode()));
        }
        return object;
    }

    private static void writeCommon(Mount mount, JsonObject object) {
        object.addProperty("target", mount.target());
        object.add("flags", JsonForm.list(mount.flags(), JsonForm::constant));
        object.add("propagation", JsonForm.constant(mount.propagation()));
    }

    static Mount read(JsonValue value) {
        return value.made(KIND, () -> {
            JsonFields fields = value.fields();
            Mount mount =
                    fields.required(TYPE).constant(Type.class) == Type.BIND ? readBind(fields) : readTmpfs(fields);
            fields.refuseOthers();
            return mount;
        });
    }

    private static BindMount readBind(JsonFields fields) {
        String source = fields.string("source");
        String target = fields.string("target");
        Set<MountFlag> flags = flags(fields);
        Propagation propagation = fields.constant("propagation", Propagation.PRIVATE);
        boolean recursive = fields.bool("recursive", true);
        boolean optional = fields.bool("optional", false);
        Optional<IdMap> ids = fields.optional("ids").map(IdMapForm::read);
        return new BindMount(source, target, flags, propagation, recursive, optional, ids);
    }

    private static TmpfsMount readTmpfs(JsonFields fields) {
        String target = fields.string("target");
        Set<MountFlag> flags = flags(fields);
        Propagation propagation = fields.constant("propagation", Propagation.PRIVATE);
        Optional<ByteSize> size = fields.size("size");
        int mode = fields.mode("mode", TmpfsMount.DEFAULT_MODE);
        return new TmpfsMount(target, flags, propagation, size, mode);
    }

    private static Set<MountFlag> flags(JsonFields fields) {
        Optional<JsonValue> flags = fields.optional("flags");
        return flags.isEmpty()
                ? Set.of()
                : Enums.set(MountFlag.class, flags.get().list(flag -> flag.constant(MountFlag.class)));
    }
}

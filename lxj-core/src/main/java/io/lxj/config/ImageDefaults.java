package io.lxj.config;

import io.lxj.error.InvalidConfigException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * What an image brings along for the containers that are made of it. A container's own configuration wins. An immutable
 * value; thread-safe.
 *
 * @param environment variables for all processes of its containers
 * @param init the program that is started first, and its arguments; empty for the init that is found in the image
 */
public record ImageDefaults(Map<String, String> environment, List<String> init) {
    /** Nothing. */
    public static final ImageDefaults NONE = new ImageDefaults(Map.of(), List.of());

    /**
     * Checks the values.
     *
     * @param environment variables for all processes of its containers
     * @param init the program that is started first, and its arguments; empty for the init that is found in the image
     * @throws InvalidConfigException if a variable or the init is nothing that Linux can pass on
     */
    public ImageDefaults {
        Objects.requireNonNull(init, "init");
        environment = Environment.of(environment);
        init = List.copyOf(init);
        if (!init.isEmpty() && !init.get(0).startsWith("/")) {
            throw new InvalidConfigException("init", init.get(0), "an absolute path in the image");
        }
        init.forEach(argument -> Text.checkArgument("init", argument));
    }

    /**
     * The same with one more environment variable, or another value of it.
     *
     * @param name its name
     * @param value its value
     * @return the defaults
     * @throws InvalidConfigException if it is none that Linux can pass on
     */
    public ImageDefaults env(String name, String value) {
        Map<String, String> variables = new TreeMap<>(environment);
        variables.put(name, value);
        return new ImageDefaults(variables, init);
    }

    /**
     * The same with another init.
     *
     * @param program an absolute path in the image
     * @param arguments its arguments
     * @return the defaults
     * @throws InvalidConfigException if the path isn't absolute
     */
    public ImageDefaults init(String program, String... arguments) {
        List<String> all = new ArrayList<>();
        all.add(program);
        all.addAll(List.of(arguments));
        return new ImageDefaults(environment, all);
    }

    /**
     * What a container is started with.
     *
     * @param config its own configuration
     * @return the same with these defaults where it says nothing
     */
    public Config under(Config config) {
        Map<String, String> variables = new TreeMap<>(environment);
        variables.putAll(config.environment());
        Config merged = environment.isEmpty() ? config : config.environment(variables);
        return init.isEmpty() || !config.init().isEmpty()
                ? merged
                : merged.init(init.get(0), init.subList(1, init.size()).toArray(String[]::new));
    }
}

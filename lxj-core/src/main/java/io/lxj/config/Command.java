package io.lxj.config;

import io.lxj.error.InvalidConfigException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A command to run in a container. An immutable value: every method that sets something returns a new one. Thread-safe.
 *
 * <pre>{@code
 * Command.of("pg_dump", "shop").user(User.named("postgres")).timeout(Duration.ofMinutes(5))
 * }</pre>
 *
 * <p>No shell is involved: each argument reaches the program as it is, line breaks included. Only NUL is refused, in
 * arguments and in the values of environment variables.
 */
public final class Command {
    private static final Setting<List<String>> ARGUMENTS = Setting.of("arguments", List.of());
    private static final Setting<Map<String, String>> ENVIRONMENT = Setting.secrets("environment");
    private static final Setting<String> WORKING_DIRECTORY = Setting.of("workingDirectory", "/");
    private static final Setting<User> USER = Setting.of("user", User.ROOT);
    private static final Setting<Optional<Group>> GROUP = Setting.optional("group");
    private static final Setting<Optional<List<Group>>> GROUPS = Setting.optional("groups");
    private static final Setting<Optional<TerminalSize>> TERMINAL = Setting.optional("terminal");
    private static final Setting<Optional<Duration>> TIMEOUT = Setting.optional("timeout");
    private static final Setting<Stdin> STDIN = Setting.of("stdin", Stdin.pipe());
    private static final List<Setting<?>> ALL =
            List.of(ARGUMENTS, ENVIRONMENT, WORKING_DIRECTORY, USER, GROUP, GROUPS, TERMINAL, TIMEOUT, STDIN);

    private final Settings settings;

    private Command(Settings settings) {
        this.settings = settings;
    }

    /**
     * A command.
     *
     * @param program the program: a path, or a name that is looked for in the PATH of the environment
     * @param arguments the arguments after it
     * @return the command, as root in the folder / of the container
     * @throws InvalidConfigException if the program is empty, or an argument has a NUL
     */
    public static Command of(String program, String... arguments) {
        List<String> all = new ArrayList<>();
        all.add(program);
        all.addAll(List.of(arguments));
        return of(all);
    }

    /**
     * A command.
     *
     * @param programAndArguments the program, as a path or as a name that is looked for in the PATH of the environment,
     *     and the arguments after it
     * @return the command, as root in the folder / of the container
     * @throws InvalidConfigException if there is no program, or an argument has a NUL
     */
    public static Command of(List<String> programAndArguments) {
        List<String> all = List.copyOf(programAndArguments);
        if (all.isEmpty() || all.get(0).isEmpty()) {
            throw new InvalidConfigException("command", "", "a program, and arguments after it");
        }
        for (int i = 0; i < all.size(); i++) {
            Text.checkArgument("command[" + i + "]", all.get(i));
        }
        return new Command(Settings.NONE.with(ARGUMENTS, all));
    }

    private <T> Command with(Setting<T> setting, T value) {
        return new Command(settings.with(setting, value));
    }

    /** {@return the program and the arguments after it} */
    public List<String> arguments() {
        return settings.get(ARGUMENTS);
    }

    /** {@return the environment variables beside those of the container, ordered by name} */
    public Map<String, String> environment() {
        return settings.get(ENVIRONMENT);
    }

    /**
     * The same command with one more environment variable, or another value of it.
     *
     * @param name its name
     * @param value its value
     * @return the command
     * @throws InvalidConfigException if the name is empty or has an equals sign, or the value has a NUL
     */
    public Command env(String name, String value) {
        return with(ENVIRONMENT, Environment.plusArgument(environment(), name, value));
    }

    /** {@return the working directory, an absolute path in the container; / unless set} */
    public String workingDirectory() {
        return settings.get(WORKING_DIRECTORY);
    }

    /**
     * The same command in another working directory.
     *
     * @param path an absolute path in the container, without {@code ..}
     * @return the command
     * @throws InvalidConfigException if it isn't one
     */
    public Command workingDirectory(String path) {
        return with(WORKING_DIRECTORY, ContainerPath.check(WORKING_DIRECTORY.name(), path));
    }

    /** {@return who it runs as; root unless set} */
    public User user() {
        return settings.get(USER);
    }

    /**
     * The same command as another user.
     *
     * @param who the user
     * @return the command
     */
    public Command user(User who) {
        return with(USER, who);
    }

    /** {@return the group it runs with, or empty if it is the one of the user} */
    public Optional<Group> group() {
        return settings.get(GROUP);
    }

    /**
     * The same command with another group than the one of its user.
     *
     * @param primary the group
     * @return the command
     */
    public Command group(Group primary) {
        return with(GROUP, Optional.of(primary));
    }

    /** {@return the supplementary groups, or empty if they are the ones of the user} */
    public Optional<List<Group>> groups() {
        return settings.get(GROUPS);
    }

    /**
     * The same command with these supplementary groups, and no others.
     *
     * <p>Processes of a container with a single id, as a user without ids for containers has it, keep the JVM's groups: there
     * a command that sets any is refused when it is executed.
     *
     * @param supplementary the groups; may be none
     * @return the command
     */
    public Command groups(List<? extends Group> supplementary) {
        return with(GROUPS, Optional.of(List.copyOf(supplementary)));
    }

    /** {@return the size of the terminal it runs on, or empty if it runs with pipes} */
    public Optional<TerminalSize> terminal() {
        return settings.get(TERMINAL);
    }

    /**
     * The same command on a terminal of its own: its standard error arrives with its standard output.
     *
     * @param size the size of the terminal
     * @return the command
     */
    public Command terminal(TerminalSize size) {
        return with(TERMINAL, Optional.of(size));
    }

    /** {@return how long it may run before it is killed, or empty if there is no limit} */
    public Optional<Duration> timeout() {
        return settings.get(TIMEOUT);
    }

    /**
     * The same command with a limit on its time. Before it is executed, its user is looked up in the container's files, which
     * a hostile container can hold up for a minute at most, whatever the limit.
     *
     * @param limit how long it may run before it is killed, from a millisecond to 365 days
     * @return the command
     * @throws InvalidConfigException if it is shorter or longer
     */
    public Command timeout(Duration limit) {
        return with(TIMEOUT, Optional.of(Durations.check("timeout", limit, Duration.ofMillis(1))));
    }

    /** {@return what it reads from its standard input; a pipe unless set} */
    public Stdin stdin() {
        return settings.get(STDIN);
    }

    /**
     * The same command with another standard input.
     *
     * @param input what it reads
     * @return the command
     */
    public Command stdin(Stdin input) {
        return with(STDIN, input);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Command command && settings.equals(command.settings);
    }

    @Override
    public int hashCode() {
        return settings.hashCode();
    }

    /** {@return the command in words; of the environment the names only, because the values may be secrets} */
    @Override
    public String toString() {
        return "Command" + settings.show(ALL);
    }
}

package io.lxj;

import io.lxj.config.ByteSize;
import io.lxj.config.Command;
import io.lxj.config.Config;
import io.lxj.config.ExecResult;
import io.lxj.config.ExitStatus;
import io.lxj.config.Limits;
import io.lxj.config.OnExit;
import io.lxj.config.Stats;
import io.lxj.config.User;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** Does with containers what it is told to on its command line, and says what came of it. */
final class ScriptedJvm {
    private static final Config SLEEPER = Config.ofImage("busybox").init("/bin/sleep", "1000000");

    static final Limits LIMITS =
            Limits.NONE.memory(ByteSize.mib(20)).swap(ByteSize.ZERO).cpus(0.5).pids(8);

    private final Lxj lxj;
    private final Map<String, CompletableFuture<ExitStatus>> exits = new HashMap<>();

    private ScriptedJvm(Lxj lxj) {
        this.lxj = lxj;
    }

    /** The arguments: a root filesystem, a state folder, and words with the name of a container after a colon. */
    public static void main(String[] arguments) throws Exception {
        try (Lxj lxj = Lxj.open(Path.of(arguments[1]))) {
            if (lxj.images().list().isEmpty()) {
                lxj.images().importTarball("busybox", Path.of(arguments[0]));
            }
            ScriptedJvm script = new ScriptedJvm(lxj);
            for (int i = 2; i < arguments.length; i++) {
                String[] words = arguments[i].split(":", 2);
                script.run(words[0], words[1]);
            }
        }
    }

    private void run(String word, String name) throws Exception {
        switch (word) {
            case "create" -> lxj.containers().create(name, SLEEPER);
            case "keep" -> lxj.containers().create(name, SLEEPER.onExit(OnExit.KEEP));
            case "privileged" -> lxj.containers().create(name, SLEEPER.privileged());
            case "limit" ->
                lxj.containers().create(name, SLEEPER.limits(Limits.NONE.hugePages(ByteSize.mib(2), ByteSize.mib(4))));
            case "limits" -> lxj.containers().get(name).update(LIMITS);
            case "more" -> lxj.containers().get(name).update(LIMITS.memory(ByteSize.mib(64)));
            case "start" -> start(lxj.containers().get(name));
            case "stop" -> lxj.containers().get(name).stop();
            case "destroy" -> lxj.containers().get(name).destroy();
            case "ended" ->
                System.out.println(name + " " + exits.get(name).join().cause());
            case "state" ->
                System.out.println(name + " " + lxj.containers().get(name).state());
            case "cgroup" ->
                System.out.println(name + " "
                        + cgroup(lxj.containers().get(name).pid().orElseThrow().toString()));
            case "self" -> System.out.println(name + " " + cgroup("self"));
            case "run" -> System.out.print(run(name));
            case "stats" -> tell(name, lxj.containers().get(name).stats());
            case "exec" -> exec(name.split(":", 2), User.id(0, 0));
            case "user" -> exec(name.split(":", 2), User.id(1500, 1500));
            case "crash" -> Runtime.getRuntime().halt(0);
            default -> throw new IllegalArgumentException(word);
        }
    }

    private void start(Container container) {
        container.start();
        exits.put(container.name(), container.onExit());
    }

    private static void tell(String name, Stats stats) {
        long memory = stats.memory().orElseThrow().current().bytes();
        System.out.println(name + " " + stats.processes().orElseThrow() + " " + memory);
    }

    private void exec(String[] nameAndScript, User user) {
        ExecResult result = lxj.containers()
                .get(nameAndScript[0])
                .exec(Command.of("sh", "-c", nameAndScript[1]).user(user));
        System.out.println(result.exitCode() + " " + result.stdout().strip());
    }

    private static String cgroup(String process) throws IOException {
        return Files.readAllLines(Path.of("/proc", process, "cgroup")).stream()
                .filter(line -> line.startsWith("0::"))
                .findFirst()
                .orElseThrow()
                .replaceAll("lxj-[0-9a-f]{8}", "lxj-ID");
    }

    private static String run(String script) throws IOException {
        Process process = new ProcessBuilder("sh", "-ec", script)
                .redirectErrorStream(true)
                .start();
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
}

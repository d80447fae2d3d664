package io.lxj.lifecycle;

import io.lxj.config.Command;
import io.lxj.config.Config;
import io.lxj.error.InvalidConfigException;
import io.lxj.lifecycle.Accounts.Identity;
import io.lxj.plan.Confinement;
import io.lxj.plan.ExecSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Turns commands into what the launch needs. */
final class ExecSpecs {
    private ExecSpecs() {}

    static ExecSpec of(
            String container,
            Config config,
            Command command,
            Accounts accounts,
            boolean userNamespace,
            Confinement confinement) {
        if (command.groups().isPresent() && !confinement.process().hasGroups()) {
            throw new InvalidConfigException(
                    "command.groups",
                    command.groups().get(),
                    "none set here: the container has a single id, and its processes keep the groups of this user, see"
                            + " user_namespaces(7)");
        }
        Identity identity = accounts.of(command);
        Map<String, String> environment = Environments.command(config, command, identity);
        return new ExecSpec(
                container,
                candidates(command.arguments().get(0), environment.getOrDefault("PATH", Environments.PATH)),
                command.arguments(),
                environment,
                command.workingDirectory(),
                identity.uid(),
                identity.gid(),
                identity.groups(),
                command.terminal().isPresent(),
                userNamespace,
                confinement);
    }

    /** Where execvp(3) would look; an empty part of PATH is the working directory. */
    private static List<String> candidates(String program, String path) {
        if (program.contains("/")) {
            return List.of(program);
        }
        List<String> candidates = new ArrayList<>();
        for (String folder : path.split(":", -1)) {
            candidates.add(folder.isEmpty() ? program : folder + "/" + program);
        }
        return candidates;
    }
}

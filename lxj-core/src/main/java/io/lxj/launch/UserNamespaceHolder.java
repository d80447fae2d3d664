package io.lxj.launch;

import io.lxj.config.IdMap;
import io.lxj.linux.Arg;
import io.lxj.linux.CloneFlags;
import io.lxj.linux.Fd;
import io.lxj.linux.LinuxException;
import io.lxj.linux.ProcFs;
import io.lxj.linux.ProgramBuilder;
import io.lxj.linux.Spawned;
import io.lxj.linux.Spawner;
import io.lxj.linux.StepFailure;
import io.lxj.linux.Syscall;
import io.lxj.linux.SyscallProgram;
import io.lxj.linux.UnixSocket;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Makes user namespaces in which nothing runs: a mount can map the ids of its files by one. A thread of a JVM can't enter
 * one itself, see unshare(2); so a process does, and ends when somebody else holds the namespace. Thread-safe.
 */
public final class UserNamespaceHolder {
    private static final String SOCKET = "socket";

    private UserNamespaceHolder() {}

    /**
     * Makes a namespace.
     *
     * @param proc the host's procfs
     * @param ids its ids
     * @return the namespace, as mount_setattr(2) takes it, owned by the caller
     * @throws LinuxException if it can't be made
     */
    public static Fd make(ProcFs proc, IdMap ids) throws LinuxException {
        SyscallProgram program = program();
        try (UnixSocket.Pair sockets = UnixSocket.pair();
                Spawned holder =
                        Spawner.spawn(program, Map.of(SOCKET, sockets.second().fd()))) {
            sockets.second().close();
            try {
                if (sockets.first().receive(8, 1).bytes().length > 0) {
                    new UserNamespaceSetup(proc, ids, List.of()).map(holder.pid());
                    return proc.userNamespaceOf(holder.pid());
                }
            } finally {
                sockets.first().close();
                holder.waitFor();
            }
            Optional<StepFailure> failure = holder.failure();
            throw LinuxException.of(
                    failure.map(step -> -step.errno()
                                    .map(errno -> (long) errno.number())
                                    .orElse(0L))
                            .orElse(0L),
                    "unshare",
                    "CLONE_NEWUSER");
        }
    }

    private static SyscallProgram program() {
        ProgramBuilder program = SyscallProgram.builder(SOCKET);
        Arg socket = program.fd(SOCKET);
        Arg word = program.space(8, "byte");
        program.step("make a user namespace", Syscall.UNSHARE, Arg.of(CloneFlags.CLONE_NEWUSER, "CLONE_NEWUSER"));
        program.step("say that it is there", Syscall.WRITE, socket, word, 1);
        program.step("wait until it is held", Syscall.READ, socket, word, 1).mayFail();
        program.step("end", Syscall.EXIT_GROUP, 0);
        return program.build();
    }
}

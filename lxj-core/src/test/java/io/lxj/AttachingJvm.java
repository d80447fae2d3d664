package io.lxj;

import io.lxj.config.DetachKeys;
import io.lxj.error.LxjException;
import io.lxj.linux.Fd;
import io.lxj.linux.Pty;
import io.lxj.supervise.ConsoleOutput;
import io.lxj.supervise.PtyConsole;
import io.lxj.supervise.Supervisor;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Attaches its own terminal to a console that says something all the time, and echoes what is typed. */
final class AttachingJvm {
    private AttachingJvm() {}

    public static void main(String[] arguments) throws Exception {
        ConsoleOutput output = new ConsoleOutput(1024);
        try (Supervisor supervisor = Supervisor.open()) {
            Fd master = Pty.open().master();
            PtyConsole pty = PtyConsole.open(supervisor, master, output, Optional.empty());
            output.begin();
            Thread talker = new Thread(() -> {
                byte[] line = "ready\r\n".getBytes(StandardCharsets.US_ASCII);
                while (true) {
                    output.append(line, line.length);
                    try {
                        Thread.sleep(20);
                    } catch (InterruptedException e) {
                        return;
                    }
                }
            });
            talker.setDaemon(true);
            talker.start();
            Console console = new Console(
                    "the console of web1", output, pty.input(), InputStream::nullInputStream, supervisor.lane());
            try {
                System.out.println("end: " + console.attach(DetachKeys.ctrl('b', 'd')));
            } catch (LxjException e) {
                System.out.println("failed: " + e.getMessage());
            }
            pty.close();
        }
    }
}

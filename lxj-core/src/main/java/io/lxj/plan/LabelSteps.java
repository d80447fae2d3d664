package io.lxj.plan;

import io.lxj.linux.Arg;
import io.lxj.linux.FileName;
import io.lxj.linux.Open;
import io.lxj.linux.ProgramBuilder;
import io.lxj.linux.Syscall;

/**
 * Asks the security module to confine a process from its next execve(2) on. A process can do that only by itself, with a
 * file that it has opened itself. The procfs is the host's, whose root was looked at before: neither the container's,
 * nor what somebody has mounted in the host's, takes the write for itself (CVE-2019-16884, CVE-2025-52881).
 */
final class LabelSteps {
    private static final long INSIDE = Open.RESOLVE_BENEATH | Open.RESOLVE_NO_XDEV | Open.RESOLVE_NO_MAGICLINKS;
    private static final int FLAGS = Open.O_WRONLY | Open.O_CLOEXEC;

    private final ProgramBuilder program;

    LabelSteps(ProgramBuilder program) {
        this.program = program;
    }

    void onExec(SecurityLabel label) {
        String path = "self/" + label.file();
        Arg how = program.words(
                "{O_WRONLY|O_CLOEXEC, RESOLVE_BENEATH|RESOLVE_NO_XDEV|RESOLVE_NO_MAGICLINKS}", FLAGS, 0, INSIDE);
        Arg file = program.step(
                        "open " + path, Syscall.OPENAT2, program.fd(FdNames.PROC), program.string(path), how, 24)
                .result();
        byte[] text = FileName.bytes(label.text());
        program.step(
                "take " + label.name(),
                Syscall.WRITE,
                file,
                program.bytes(text, "\"" + label.text() + "\""),
                text.length);
        program.step("close " + path, Syscall.CLOSE, file);
    }
}

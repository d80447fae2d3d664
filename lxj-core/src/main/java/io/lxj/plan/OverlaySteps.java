package io.lxj.plan;

import io.lxj.linux.Arg;
import io.lxj.linux.MountFlags;
import io.lxj.linux.Open;
import io.lxj.linux.ProgramBuilder;
import io.lxj.linux.Syscall;
import io.lxj.plan.LaunchSpec.Overlay;

/**
 * Mounts the root as the container's own root does it. The layers are mounts that map ids; the overlay keeps the
 * credentials of who mounts it, and whoever has no id in the layers can't make a file there, so that an overlay of the
 * host's root would come up read-only. Devices on an overlay that belongs to a user namespace can't be opened.
 */
final class OverlaySteps {
    private final ProgramBuilder program;
    private final FileSystemSteps steps;

    OverlaySteps(ProgramBuilder program) {
        this.program = program;
        this.steps = new FileSystemSteps(program);
    }

    /** A detached mount. Before kernel 6.15, layers have to be attached in the namespace of who mounts the overlay. */
    Arg mount(Overlay overlay) {
        if (overlay.ownLower()) {
            attach(FdNames.LOWER);
        }
        attach(FdNames.LAYERS);
        Arg context = program.step(
                        "prepare a new overlay",
                        Syscall.FSOPEN,
                        program.string("overlay"),
                        Arg.of(MountFlags.FSOPEN_CLOEXEC, "FSOPEN_CLOEXEC"))
                .result();
        set(context, "lowerdir", path(overlay.ownLower() ? FdNames.LOWER : FdNames.LAYERS, overlay.lower()));
        set(context, "upperdir", path(FdNames.LAYERS, overlay.upper()));
        set(context, "workdir", path(FdNames.LAYERS, overlay.work()));
        program.step(
                "let the overlay's notes be attributes of users",
                Syscall.FSCONFIG,
                context,
                Arg.of(MountFlags.FSCONFIG_SET_FLAG, "FSCONFIG_SET_FLAG"),
                program.string("userxattr"),
                0,
                0);
        overlay.options().forEach((name, value) -> set(context, name, value));
        return steps.create("overlay", context, 0);
    }

    /** Where doesn't matter: what was there before is gone from sight soon. */
    private void attach(String fd) {
        steps.place("attach " + fd, program.fd(fd), Arg.of(Open.AT_FDCWD, "AT_FDCWD"), "/dev");
    }

    private String path(String fd, String below) {
        return "/proc/self/fd/" + program.fd(fd).value() + (below.isEmpty() ? "" : "/" + below);
    }

    private void set(Arg context, String key, String value) {
        steps.set("overlay", context, key, value);
    }
}

package io.lxj.config;

import io.lxj.error.InvalidConfigException;
import io.lxj.linux.FileName;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** A seccomp profile as JSON from anywhere. */
public final class SeccompFuzz {
    private SeccompFuzz() {}

    public static List<byte[]> seeds() {
        String docker = "{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"defaultErrnoRet\":1,\"archMap\":[{\"architecture\":"
                + "\"SCMP_ARCH_X86_64\",\"subArchitectures\":[\"SCMP_ARCH_X86\",\"SCMP_ARCH_X32\"]}],\"syscalls\":["
                + "{\"names\":[\"read\",\"write\"],\"action\":\"SCMP_ACT_ALLOW\"},{\"names\":[\"personality\"],"
                + "\"action\":\"SCMP_ACT_ALLOW\",\"args\":[{\"index\":0,\"value\":131072,\"valueTwo\":0,\"op\":"
                + "\"SCMP_CMP_EQ\"}],\"includes\":{\"caps\":[\"CAP_SYS_ADMIN\"],\"minKernel\":\"4.8\"}}]}";
        String oci = "{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"architectures\":[\"SCMP_ARCH_X86\"],\"syscalls\":[{"
                + "\"names\":[\"clone\"],\"action\":\"SCMP_ACT_ERRNO\",\"allArgs\":[{\"index\":1,\"value\":1,"
                + "\"op\":\"SCMP_CMP_MASKED_EQ\"},{\"index\":1,\"value\":7,\"op\":\"SCMP_CMP_LT\"}],\"errnoRet\":22}]}";
        return List.of(docker.getBytes(StandardCharsets.UTF_8), oci.getBytes(StandardCharsets.UTF_8));
    }

    public static void fuzzerTestOneInput(byte[] input) {
        SeccompProfile profile;
        try {
            profile = SeccompProfile.fromJson(FileName.string(input));
        } catch (InvalidConfigException e) {
            return;
        }
        SeccompProfile again = SeccompProfile.fromJson(profile.toJson());
        if (!again.equals(profile)) {
            throw new AssertionError("not the same when read again: " + profile + ", " + again);
        }
    }
}

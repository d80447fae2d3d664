package io.lxj.config;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;

/**
 * What a container has used since it was started, and what it uses now, as the kernel counts it for its cgroup and its
 * network: see {@code admin-guide/cgroup-v2} and proc_pid_net(5). Immutable and thread-safe.
 *
 * <p>What the host doesn't count, because cgroup v1 has taken the controller, isn't there.
 *
 * @param time when that was
 * @param nanos the same as {@link System#nanoTime()} had it, for differences
 * @param cpu processor time
 * @param memory memory, if it is counted
 * @param io disk traffic by device, as {@code major:minor}; empty if it isn't counted, or there was none
 * @param processes how many processes and threads there are now, if they are counted
 * @param pressure how much of the time processes had to wait, by what they waited for: {@code cpu}, {@code memory}, {@code
 *     io}; empty if the kernel doesn't tell
 * @param network traffic by interface of the container
 */
public record Stats(
        Instant time,
        long nanos,
        Cpu cpu,
        Optional<Memory> memory,
        Map<String, Io> io,
        OptionalLong processes,
        Map<String, Pressure> pressure,
        Map<String, Network> network) {

    private static final double SECOND = 1e9;

    /**
     * Takes copies of the maps.
     *
     * @param time see {@link #time()}
     * @param nanos see {@link #nanos()}
     * @param cpu see {@link #cpu()}
     * @param memory see {@link #memory()}
     * @param io see {@link #io()}
     * @param processes see {@link #processes()}
     * @param pressure see {@link #pressure()}
     * @param network see {@link #network()}
     */
    public Stats {
        io = Map.copyOf(io);
        pressure = Map.copyOf(pressure);
        network = Map.copyOf(network);
    }

    /**
     * Processor time, {@code cpu.stat}.
     *
     * @param usage all of it
     * @param user what processes spent themselves
     * @param system what the kernel spent for them
     * @param periods how many periods of the limit there were, 0 without a limit
     * @param throttledPeriods in how many of them the container was held up by its limit
     * @param throttled for how long
     */
    public record Cpu(
            Duration usage, Duration user, Duration system, long periods, long throttledPeriods, Duration throttled) {}

    /**
     * Memory, {@code memory.current} and others.
     *
     * @param current all that counts for the limit, caches of files included
     * @param peak the most of it so far, if the kernel tells (since Linux 5.19)
     * @param swap what is swapped out, if that is counted
     * @param anonymous memory of processes that isn't a file's
     * @param file caches of files
     * @param kernel memory of the kernel's for the container, if it tells (since Linux 5.18)
     * @param events how often something happened, {@code memory.events}: {@code low}, {@code high}, {@code max}, {@code
     *     oom}, {@code oom_kill}
     */
    public record Memory(
            ByteSize current,
            Optional<ByteSize> peak,
            Optional<ByteSize> swap,
            ByteSize anonymous,
            ByteSize file,
            Optional<ByteSize> kernel,
            Map<String, Long> events) {
        /**
         * Takes a copy of the map.
         *
         * @param current see {@link #current()}
         * @param peak see {@link #peak()}
         * @param swap see {@link #swap()}
         * @param anonymous see {@link #anonymous()}
         * @param file see {@link #file()}
         * @param kernel see {@link #kernel()}
         * @param events see {@link #events()}
         */
        public Memory {
            events = Map.copyOf(events);
        }
    }

    /**
     * Traffic of a disk, {@code io.stat}.
     *
     * @param read bytes read
     * @param written bytes written
     * @param reads operations that read
     * @param writes operations that wrote
     */
    public record Io(ByteSize read, ByteSize written, long reads, long writes) {}

    /**
     * Waiting, {@code cpu.pressure} and others: see the kernel's {@code accounting/psi}.
     *
     * @param some the share of the last ten seconds in which some process had to wait, 0 to 100
     * @param someTotal for how long some process had to wait, in all
     * @param full the share of the last ten seconds in which all of them had to, 0 to 100
     * @param fullTotal for how long all of them had to, in all
     */
    public record Pressure(double some, Duration someTotal, double full, Duration fullTotal) {}

    /**
     * Traffic of an interface.
     *
     * @param received bytes received
     * @param sent bytes sent
     * @param packetsReceived packets received
     * @param packetsSent packets sent
     */
    public record Network(ByteSize received, ByteSize sent, long packetsReceived, long packetsSent) {}

    /**
     * What was used between two moments of one run, in each second.
     *
     * @param interval the time between them
     * @param cpus processors' time, for example 1.5
     * @param read bytes read from disks
     * @param written bytes written to disks
     * @param received bytes received from networks, the loopback interface left out
     * @param sent bytes sent to networks, the loopback interface left out
     */
    public record Rates(Duration interval, double cpus, double read, double written, double received, double sent) {}

    /**
     * What was used since.
     *
     * @param earlier what had been used before, in the same run of the same container
     * @return the rates; all are 0 if no time has passed
     */
    public Rates since(Stats earlier) {
        long interval = nanos - earlier.nanos;
        double seconds = interval / SECOND;
        return new Rates(
                Duration.ofNanos(interval),
                rate(cpu.usage.toNanos() / SECOND - earlier.cpu.usage.toNanos() / SECOND, seconds),
                rate(read() - earlier.read(), seconds),
                rate(written() - earlier.written(), seconds),
                rate(received() - earlier.received(), seconds),
                rate(sent() - earlier.sent(), seconds));
    }

    private static double rate(double amount, double seconds) {
        return seconds <= 0 ? 0 : amount / seconds;
    }

    private long read() {
        return io.values().stream().mapToLong(disk -> disk.read.bytes()).sum();
    }

    private long written() {
        return io.values().stream().mapToLong(disk -> disk.written.bytes()).sum();
    }

    private long received() {
        return outside(Network::received);
    }

    private long sent() {
        return outside(Network::sent);
    }

    private long outside(Function<Network, ByteSize> direction) {
        return network.entrySet().stream()
                .filter(entry -> !entry.getKey().equals("lo"))
                .mapToLong(entry -> direction.apply(entry.getValue()).bytes())
                .sum();
    }
}

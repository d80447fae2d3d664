package io.lxj.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lxj.config.Config;
import io.lxj.config.ExitStatus;
import io.lxj.config.Signal;
import io.lxj.error.CorruptStateException;
import io.lxj.linux.DeviceRule;
import io.lxj.linux.ProcessIdentity;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RecordsTest {
    private static final String FILE = "/state/containers/web/x.json";
    private static final Instant NOW = Instant.parse("2026-02-03T04:05:06.789Z");

    private static ProcessIdentity process(int pid) {
        return new ProcessIdentity(pid, pid * 1000L, "boot");
    }

    @Test
    void aRunRecordIsEqualAfterARoundTrip() {
        List<GrantedDevice> devices = List.of(
                new GrantedDevice("/dev/net/tun", DeviceRule.parse("c 10:200 rwm")),
                new GrantedDevice("/dev/a disk", DeviceRule.parse("b 7:0 r")));
        for (Optional<ProcessIdentity> keeper : List.of(Optional.<ProcessIdentity>empty(), Optional.of(process(2)))) {
            RunRecord record = new RunRecord(process(1), keeper, process(3), "/lxj/12345678/web", NOW, devices);
            assertThat(RunRecord.fromJson(FILE, record.toJson())).isEqualTo(record);
            assertThat(record.ownedBy(process(4)).owner()).isEqualTo(process(4));
        }
    }

    @Test
    void aRunRecordIsOfOneBoot() {
        assertThatThrownBy(() -> new RunRecord(
                        process(1), Optional.empty(), new ProcessIdentity(3, 1, "another"), "/", NOW, List.of()))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void anExitRecordIsEqualAfterARoundTrip() {
        List<ExitStatus> all = List.of(
                ExitStatus.exited(7),
                ExitStatus.signaled(Signal.SIGTERM),
                ExitStatus.signaled(Signal.SIGHUP),
                ExitStatus.signaled(Signal.SIGINT),
                ExitStatus.outOfMemory(),
                ExitStatus.killed("it did not shut down within 20 s"),
                ExitStatus.unknown("the host was restarted"));
        for (ExitStatus status : all) {
            ExitRecord record = new ExitRecord(process(1), status, NOW);
            assertThat(ExitRecord.fromJson(FILE, record.toJson())).isEqualTo(record);
        }
    }

    @Test
    void anEndIsOfTheRunThatHadTheSameInit() {
        ExitRecord exit = new ExitRecord(process(1), ExitStatus.exited(7), NOW);
        RunRecord run = new RunRecord(process(1), Optional.empty(), process(3), "/c", NOW, List.of());
        RunRecord next = new RunRecord(process(2), Optional.empty(), process(3), "/c", NOW, List.of());
        assertThat(exit.isOf(run.ownedBy(process(4)))).isTrue();
        assertThat(exit.isOf(next)).isFalse();
    }

    @Test
    void aContainerRecordIsEqualAfterARoundTripEvenWithNamesThatAreNoText() {
        Config config = Config.ofImage("debian-12")
                .hostname("web.example.org")
                .init("/sbin/in\uDC80it", "\uDCFF", "\"{}\\")
                .env("GREETING", "grüß dich \uD83D\uDE80");
        ContainerRecord record = new ContainerRecord(MachineId.random(), NOW, config, Optional.of(1_879_048_192L));
        assertThat(ContainerRecord.fromJson(FILE, record.toJson())).isEqualTo(record);
        assertThat(record.toJson().chars().filter(c -> c >= 0xDC80 && c <= 0xDCFF))
                .as("lone surrogates, which UTF-8 doesn't have")
                .isEmpty();
    }

    @Test
    void whatIsMissingOrWrongIsNamed() {
        String json = new RunRecord(process(1), Optional.empty(), process(3), "/c", NOW, List.of()).toJson();
        assertThatThrownBy(() -> RunRecord.fromJson(FILE, json.replace("\"pid\":1,", "")))
                .isInstanceOf(CorruptStateException.class)
                .hasMessage("read " + FILE + ": pid is missing");
        assertThatThrownBy(() -> RunRecord.fromJson(FILE, json.replace("\"pid\":1,", "\"pid\":\"x\",")))
                .isInstanceOf(CorruptStateException.class)
                .hasMessage("read " + FILE + ": pid is not what lxj writes there");
        assertThatThrownBy(() -> RunRecord.fromJson(FILE, json.replace("\"pid\":1,", "\"pid\":0,")))
                .isInstanceOf(CorruptStateException.class);
        assertThatThrownBy(() -> RunRecord.fromJson(FILE, json.replace("2026-02-03", "yesterday")))
                .isInstanceOf(CorruptStateException.class)
                .hasMessage("read " + FILE + ": started is not what lxj writes there");
        assertThatThrownBy(() -> RunRecord.fromJson(FILE, "no JSON"))
                .isInstanceOf(CorruptStateException.class)
                .hasMessage("read " + FILE + ": not a JSON object");
        assertThatThrownBy(() -> ExitRecord.fromJson(FILE, "{\"cause\":\"bored\",\"ended\":\"" + NOW + "\"}"))
                .isInstanceOf(CorruptStateException.class)
                .hasMessage("read " + FILE + ": cause is not what lxj writes there");
    }

    @Test
    void aWrongSettingInTheConfigurationOfAContainerIsNamedWithItsPath() {
        String json = new ContainerRecord(MachineId.random(), NOW, Config.ofImage("a"), Optional.empty()).toJson();
        assertThatThrownBy(
                        () -> ContainerRecord.fromJson(FILE, json.replace("\"image\": \"a\"", "\"image\": \"../a\"")))
                .isInstanceOfSatisfying(
                        CorruptStateException.class, e -> assertThat(e.key()).contains("config.image"))
                .hasMessageStartingWith("read " + FILE + ": config.image: \"../a\" is not allowed");
    }

    @Test
    void machineIdsAreRandomUuidsInTheFormOfSystemd() {
        MachineId id = MachineId.random();
        assertThat(id.text()).matches("[0-9a-f]{12}4[0-9a-f]{3}[89ab][0-9a-f]{15}");
        assertThat(MachineId.random()).isNotEqualTo(id);
        assertThatThrownBy(() -> new MachineId("uninitialized")).isInstanceOf(IllegalArgumentException.class);
    }
}

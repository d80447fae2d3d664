package io.lxj.examples.top;

import static org.assertj.core.api.Assertions.assertThat;

import io.lxj.config.ByteSize;
import io.lxj.config.State;
import io.lxj.config.Stats;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TableTest {
    private static final List<Row> ROWS = List.of(
            row("db", 0.5, 400, 1_000_000, 0, 2),
            row("web", 0.25, 100, 0, 5000, 7),
            new Row("off", State.STOPPED, Optional.empty(), Optional.empty(), Optional.empty()));

    private static Row row(String name, double cpus, int mib, double disk, double network, long processes) {
        Stats.Memory memory = new Stats.Memory(
                ByteSize.mib(mib),
                Optional.empty(),
                Optional.empty(),
                ByteSize.ZERO,
                ByteSize.ZERO,
                Optional.empty(),
                Map.of());
        Stats.Cpu cpu = new Stats.Cpu(Duration.ZERO, Duration.ZERO, Duration.ZERO, 0, 0, Duration.ZERO);
        Stats stats = new Stats(
                Instant.EPOCH,
                0,
                cpu,
                Optional.of(memory),
                Map.of(),
                OptionalLong.of(processes),
                Map.of("cpu", new Stats.Pressure(processes, Duration.ZERO, 0, Duration.ZERO)),
                Map.of());
        Stats.Rates rates = new Stats.Rates(Duration.ofSeconds(1), cpus, disk, 0, network, 0);
        return new Row(name, State.RUNNING, Optional.of(ByteSize.mib(800)), Optional.of(stats), Optional.of(rates));
    }

    private static List<String> names(Table table) {
        return table.lines(24, 200).stream()
                .skip(3)
                .map(line -> line.split(" ")[0])
                .toList();
    }

    @ParameterizedTest
    @CsvSource({
        "n,db,off,web",
        "c,db,web,off",
        "m,db,web,off",
        "d,db,off,web",
        "t,web,db,off",
        "k,web,db,off",
        "p,web,db,off"
    })
    void whatUsesMostComesFirst(char key, String first, String second, String third) {
        Column column = Column.of(key).orElseThrow();
        assertThat(names(new Table(ROWS, column, false))).containsExactly(first, second, third);
        assertThat(names(new Table(ROWS, column, true))).containsExactly(third, second, first);
    }

    @Test
    void showsHowMuchOfTheLimitIsUsed() {
        assertThat(new Table(ROWS, Column.MEMORY, false).lines(24, 200).get(3))
                .contains("  |||||.....   400M/800M  running");
    }

    @ParameterizedTest
    @CsvSource({"24,200", "24,80", "5,40", "6,20", "1,1"})
    void fitsIntoTheTerminal(int height, int width) {
        List<String> lines = new Table(ROWS, Column.NETWORK, false).lines(height, width);
        assertThat(lines).hasSizeLessThanOrEqualTo(Math.max(4, height - 1));
        assertThat(lines).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(width));
        assertThat(Table.keys(width)).hasSizeLessThanOrEqualTo(width);
    }

    @Test
    void saysHowManyThereIsNoRoomFor() {
        assertThat(new Table(ROWS, Column.NAME, false).lines(6, 80)).last().isEqualTo("... and 2 more");
    }

    @Test
    void theColumnByWhichItIsSortedIsShownInAnyCase() {
        assertThat(new Table(ROWS, Column.TASKS, false).lines(24, 60).get(2)).contains("TASKSv");
        assertThat(new Table(ROWS, Column.NAME, false).lines(24, 60).get(2)).doesNotContain("TASKS");
    }
}

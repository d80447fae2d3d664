package io.lxj.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FdPlacementTest {
    /** What each number stands for after the moves, if it stood for itself before. */
    private static Map<Integer, Integer> after(FdPlacement placement) {
        Map<Integer, Integer> now = new HashMap<>();
        placement.moves().forEach(move -> now.put(move.to(), now.getOrDefault(move.from(), move.from())));
        return now;
    }

    @Test
    void eachIsDuplicatedOnceIfNoNumberIsInTheWay() {
        FdPlacement placement = FdPlacement.of(30, 4, new int[] {20, 21, 20});
        assertThat(placement.moves()).hasSize(4);
        assertThat(after(placement)).isEqualTo(Map.of(0, 4, 3, 20, 4, 21, 5, 20));
        assertThat(placement.executable()).isEqualTo(30);
    }

    @Test
    void nobodyTakesTheNumberOfAnotherWhateverTheyAre() {
        Random random = new Random(1);
        for (int round = 0; round < 10_000; round++) {
            List<Integer> open = new ArrayList<>();
            for (int i = 0; i < 24; i++) {
                open.add(i);
            }
            java.util.Collections.shuffle(open, random);
            int[] numbers = new int[random.nextInt(12)];
            for (int i = 0; i < numbers.length; i++) {
                numbers[i] = open.get(2 + i);
            }
            FdPlacement placement = FdPlacement.of(open.get(0), open.get(1), numbers);
            Map<Integer, Integer> now = after(placement);
            assertThat(now).containsEntry(0, open.get(1));
            for (int i = 0; i < numbers.length; i++) {
                assertThat(now).containsEntry(SyscallProgram.FIRST_FD + i, numbers[i]);
            }
            assertThat(now.getOrDefault(placement.executable(), placement.executable()))
                    .isEqualTo(open.get(0));
        }
    }
}

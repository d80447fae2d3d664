package io.lxj.linux;

import java.util.ArrayList;
import java.util.List;

/**
 * How the fds of a process that is about to be executed get the numbers that they are to have there, by dup2(2) in the
 * order of the moves. Where one has a number that is wanted for another, all go away from those numbers first.
 *
 * @param moves what is duplicated where
 * @param executable the number of what is executed, by then
 */
record FdPlacement(List<Move> moves, int executable) {
    /** What dup2(2) is given. */
    record Move(int from, int to) {}

    FdPlacement {
        moves = List.copyOf(moves);
    }

    /**
     * A placement.
     *
     * @param executable the number of what is to be executed
     * @param plan what is to have the number 0
     * @param numbers what is to have the numbers from {@link SyscallProgram#FIRST_FD} on, in their order
     */
    static FdPlacement of(int executable, int plan, int[] numbers) {
        int wanted = SyscallProgram.FIRST_FD + numbers.length;
        int lowest = executable;
        int highest = Math.max(executable, plan);
        for (int number : numbers) {
            lowest = Math.min(lowest, number);
            highest = Math.max(highest, number);
        }
        List<Move> moves = new ArrayList<>();
        int[] from = numbers;
        int place = executable;
        if (lowest < wanted) {
            int free = Math.max(wanted, highest + 1);
            from = new int[numbers.length];
            for (int i = 0; i < numbers.length; i++) {
                from[i] = free + i;
                moves.add(new Move(numbers[i], from[i]));
            }
            place = free + numbers.length;
            moves.add(new Move(executable, place));
        }
        moves.add(new Move(plan, 0));
        for (int i = 0; i < numbers.length; i++) {
            moves.add(new Move(from[i], SyscallProgram.FIRST_FD + i));
        }
        return new FdPlacement(moves, place);
    }
}

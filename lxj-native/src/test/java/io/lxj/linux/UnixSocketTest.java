package io.lxj.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lxj.testing.LeaksNothing;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

@LeaksNothing
class UnixSocketTest {
    @Test
    void passesBytesAndDescriptors() throws Exception {
        try (UnixSocket.Pair pair = UnixSocket.pair();
                Pipe pipe = Pipe.open()) {
            pair.first().send(new byte[] {1, 2, 3}, List.of(pipe.reader(), pipe.writer()));
            pair.first().send(new byte[] {4}, List.of());
            UnixSocket.Message message = pair.second().receive(100, 2);
            assertThat(message.bytes()).containsExactly(1, 2, 3);
            assertThat(message.fds()).hasSize(2);
            try (Fd reader = message.fds().get(0);
                    Fd writer = message.fds().get(1)) {
                assertThat(reader.stat().inode()).isEqualTo(pipe.reader().stat().inode());
                writer.write(new byte[] {9});
                int fdFlags = 1;
                assertThat(reader.call(Syscall.FCNTL, fdFlags)).as("FD_CLOEXEC").isEqualTo(1);
            }
            assertThat(pair.second().receive(100, 0).bytes()).containsExactly(4);
            pair.first().close();
            assertThat(pair.second().receive(100, 1).bytes()).as("end").isEmpty();
        }
    }

    @Test
    void passesAsManyDescriptorsAsTheKernelTakes() throws Exception {
        try (UnixSocket.Pair pair = UnixSocket.pair();
                Pipe pipe = Pipe.open()) {
            List<Fd> many = new ArrayList<>();
            for (int i = 0; i < UnixSocket.MAX_FDS; i++) {
                many.add(pipe.reader());
            }
            pair.first().send(new byte[1], many);
            List<Fd> got = pair.second().receive(1, UnixSocket.MAX_FDS).fds();
            assertThat(got).hasSize(UnixSocket.MAX_FDS);
            got.forEach(Fd::close);
            many.add(pipe.reader());
            assertThatThrownBy(() -> pair.first().send(new byte[1], many)).hasMessageContaining("EINVAL");
        }
    }

    @Test
    void moreThanAllowedIsAnErrorAndNothingStaysOpen() throws Exception {
        try (UnixSocket.Pair pair = UnixSocket.pair();
                Pipe pipe = Pipe.open()) {
            pair.first().send(new byte[1], List.of(pipe.reader(), pipe.reader(), pipe.reader()));
            assertThatThrownBy(() -> pair.second().receive(1, 2)).hasMessageContaining("EMSGSIZE");
            pair.first().send(new byte[2], List.of(pipe.reader()));
            assertThatThrownBy(() -> pair.second().receive(1, 1)).hasMessageContaining("EMSGSIZE");
            pair.first().send(new byte[1], List.of(pipe.reader()));
            assertThatThrownBy(() -> pair.second().receive(1, 0)).hasMessageContaining("EMSGSIZE");
        }
    }
}

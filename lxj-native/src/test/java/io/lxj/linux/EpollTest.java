package io.lxj.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lxj.testing.LeaksNothing;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

@LeaksNothing
class EpollTest {
    private static final Duration LONG = Duration.ofMinutes(1);

    @Test
    void tellsDescriptorsApartByTheirData() throws Exception {
        try (Epoll epoll = Epoll.open();
                Pipe pipe = Pipe.open();
                EventFd event = EventFd.open()) {
            epoll.add(pipe.reader(), Epoll.EPOLLIN, 0x1122334455667788L);
            epoll.add(event.fd(), Epoll.EPOLLIN, -1);
            assertThat(epoll.await(Duration.ZERO)).isEmpty();
            event.signal();
            assertThat(epoll.await(LONG)).containsExactly(new Epoll.Event(Epoll.EPOLLIN, -1));
            pipe.writer().write(new byte[1]);
            assertThat(epoll.await()).extracting(Epoll.Event::data).containsExactlyInAnyOrder(-1L, 0x1122334455667788L);
            assertThat(event.take()).isEqualTo(1);
            assertThat(event.take()).isZero();
            epoll.remove(pipe.reader());
            assertThat(epoll.await(Duration.ZERO)).isEmpty();
        }
    }

    @Test
    void reportsTheEndOfAProcessAndOfAPipe() throws Exception {
        try (Epoll epoll = Epoll.open();
                Pipe pipe = Pipe.open();
                Shell shell = Shell.start("read line <&3", pipe.reader())) {
            epoll.add(shell.pidfd().fd(), Epoll.EPOLLIN, 7);
            epoll.add(pipe.reader(), 0, 8);
            assertThat(epoll.await(Duration.ZERO)).isEmpty();
            pipe.writer().close();
            List<Epoll.Event> first = epoll.await(LONG);
            assertThat(first).contains(new Epoll.Event(Epoll.EPOLLHUP, 8));
            epoll.remove(pipe.reader());
            assertThat(epoll.await(LONG).get(0).data()).isEqualTo(7);
        }
    }

    @Test
    void oneShotAndModify() throws Exception {
        try (Epoll epoll = Epoll.open();
                EventFd event = EventFd.open()) {
            epoll.add(event.fd(), Epoll.EPOLLIN | Epoll.EPOLLONESHOT, 1);
            event.signal();
            assertThat(epoll.await(LONG)).hasSize(1);
            assertThat(epoll.await(Duration.ZERO)).isEmpty();
            epoll.modify(event.fd(), Epoll.EPOLLIN | Epoll.EPOLLET, 2);
            assertThat(epoll.await(LONG)).containsExactly(new Epoll.Event(Epoll.EPOLLIN, 2));
            assertThat(epoll.await(Duration.ZERO)).isEmpty();
        }
    }

    @Test
    void errorsNameTheOperation() throws Exception {
        try (Epoll epoll = Epoll.open();
                EventFd event = EventFd.open();
                Fd file = Fd.open(Path.of("/etc/passwd"), Open.O_RDONLY, 0)) {
            assertThatThrownBy(() -> epoll.remove(event.fd()))
                    .hasMessageContaining("EPOLL_CTL_DEL")
                    .hasMessageContaining("ENOENT");
            assertThatThrownBy(() -> epoll.add(file, Epoll.EPOLLIN, 0)).hasMessageContaining("EPERM");
        }
    }

    @Test
    void aTimeoutIsRoundedUp() throws Exception {
        try (Epoll epoll = Epoll.open()) {
            long start = System.nanoTime();
            assertThat(epoll.await(Duration.ofNanos(1))).isEmpty();
            assertThat(System.nanoTime() - start).isPositive();
            assertThat(epoll.await(Duration.ofSeconds(-1))).isEmpty();
        }
    }
}

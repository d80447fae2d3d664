package io.lxj.systemd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lxj.testing.LeaksNothing;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What comes over a bus that isn't as it should be; what systemd itself answers is seen where it runs. */
@LeaksNothing
@Timeout(60)
class BusTest {
    private static final BusCall CALL = new BusCall("/a", "b.c", "D", "s", new Body().string("text"));
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final String WELCOME = "DATA\r\nOK 0123\r\n";

    private Path socket;
    private ServerSocketChannel server;

    @BeforeEach
    void listen() throws IOException {
        socket = Files.createTempDirectory("bus").resolve("s");
        server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(socket));
    }

    @AfterEach
    void close() throws IOException {
        server.close();
        Files.delete(socket);
        Files.delete(socket.getParent());
    }

    /** Sends something to whoever connects, and keeps the connection until the other end closes it. */
    private CompletableFuture<Void> serve(byte[]... parts) {
        return CompletableFuture.runAsync(() -> {
            try (SocketChannel channel = server.accept()) {
                for (byte[] part : parts) {
                    channel.write(ByteBuffer.wrap(part));
                }
                ByteBuffer ignored = ByteBuffer.allocate(1024);
                while (channel.read(ignored) >= 0) {
                    ignored.clear();
                }
            } catch (IOException e) {
                // The other end has heard enough.
                return;
            }
        });
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** An answer to the first call: type 2 is a return, 3 an error. */
    private static byte[] reply(int type, int serial, String error, String text) {
        byte[] content = new Body().string(text).bytes();
        Body message = new Body();
        message.octet('l').octet(type).octet(0).octet(1).number(content.length).number(99);
        message.array(8, fields -> {
            fields.align(8).octet(5).variant("u", value -> value.number(serial));
            fields.align(8).octet(8).variant("g", value -> value.signature("s"));
            if (!error.isEmpty()) {
                fields.align(8).octet(4).variant("s", value -> value.string(error));
            }
        });
        message.align(8);
        return ByteBuffer.allocate(message.length() + content.length)
                .put(message.bytes())
                .put(content)
                .array();
    }

    @Test
    void theAnswerIsFoundAmongOtherMessages() throws IOException {
        CompletableFuture<Void> served = serve(bytes(WELCOME), reply(2, 7, "", "not this"), reply(2, 1, "", "this"));
        try (Bus bus = Bus.connect(socket, Optional.empty(), LONG)) {
            assertThat(bus.call(CALL)).contains("this");
        }
        served.join();
    }

    /** systemd loses a call that it reads together with the end of the greeting. */
    @Test
    void theGreetingIsOverBeforeTheFirstCall() throws IOException {
        CompletableFuture<String> greeting = CompletableFuture.supplyAsync(() -> {
            try (SocketChannel channel = server.accept()) {
                ByteBuffer heard = ByteBuffer.allocate(1024);
                while (!new String(heard.array(), 0, heard.position(), StandardCharsets.US_ASCII).contains("BEGIN")) {
                    channel.read(heard);
                }
                channel.write(ByteBuffer.wrap(bytes(WELCOME)));
                channel.write(ByteBuffer.wrap(reply(2, 1, "", "this")));
                channel.read(ByteBuffer.allocate(1024));
                return new String(heard.array(), 0, heard.position(), StandardCharsets.US_ASCII);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        try (Bus bus = Bus.connect(socket, Optional.empty(), LONG)) {
            assertThat(bus.call(CALL)).contains("this");
        }
        assertThat(greeting.join()).isEqualTo("\0AUTH EXTERNAL\r\nDATA\r\nBEGIN\r\n");
    }

    @Test
    void anErrorIsOneOfItsKind() throws IOException {
        CompletableFuture<Void> served = serve(bytes(WELCOME), reply(3, 1, "x.Denied", "you may not"));
        try (Bus bus = Bus.connect(socket, Optional.empty(), LONG)) {
            assertThatThrownBy(() -> bus.call(CALL))
                    .isInstanceOfSatisfying(BusException.class, e -> assertThat(e.is("x.Denied"))
                            .isTrue())
                    .hasMessage("b.c.D: you may not (x.Denied)");
        }
        served.join();
    }

    @Test
    void whoIsRejectedIsTold() {
        CompletableFuture<Void> served = serve(bytes("REJECTED EXTERNAL\r\n"));
        assertThatThrownBy(() -> Bus.connect(socket, Optional.empty(), LONG))
                .isInstanceOf(IOException.class)
                .hasMessage("connect to " + socket + ": refused: REJECTED EXTERNAL");
        served.join();
    }

    @Test
    void silenceIsNotWaitedForForEver() {
        CompletableFuture<Void> served = serve(bytes(WELCOME));
        assertThatThrownBy(() -> Bus.connect(socket, Optional.of("a.b"), Duration.ofMillis(100)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("org.freedesktop.DBus.Hello at " + socket + ": no answer within 100 ms");
        served.join();
    }

    @Test
    void nonsenseIsRefused() throws IOException {
        byte[] huge = reply(2, 1, "", "text");
        huge[7] = 0x7f;
        CompletableFuture<Void> served = serve(bytes(WELCOME), huge);
        try (Bus bus = Bus.connect(socket, Optional.empty(), LONG)) {
            assertThatThrownBy(() -> bus.call(CALL)).hasMessageContaining("which is none of systemd's");
        }
        served.join();
    }

    @Test
    void nobodyThereIsSaid() {
        assertThatThrownBy(() -> Bus.connect(socket.resolveSibling("none"), Optional.empty(), LONG))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("connect to " + socket.resolveSibling("none"));
    }
}

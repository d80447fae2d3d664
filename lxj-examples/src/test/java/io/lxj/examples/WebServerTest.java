package io.lxj.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.lxj.Container;
import io.lxj.Image;
import io.lxj.Lxj;
import io.lxj.config.Command;
import io.lxj.config.Config;
import io.lxj.config.ExecResult;
import io.lxj.config.Mount;
import io.lxj.testing.NeedsContainers;
import io.lxj.testing.NeedsRootfs;
import io.lxj.testing.StateFolder;
import io.lxj.testing.TestRootfs;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A sample: how to test a service in a container of its own. The image is imported once; each test then
 * gets a fresh container, which takes some milliseconds. The service is the web server of a busybox.
 */
// In a project of your own these two annotations aren't needed: they skip the test where it can't run.
@NeedsContainers
@NeedsRootfs("busybox")
class WebServerTest {
    // All that lxj makes is below a folder that JUnit removes at the end. As root, a @TempDir will do.
    @StateFolder
    static Path folder;

    private static Lxj lxj;
    private static Image busybox;

    private Container server;

    @BeforeAll
    static void importImage() throws Exception {
        lxj = Lxj.open(Files.createDirectories(folder.resolve("parent")).resolve("state"));
        busybox = lxj.images().importTarball("busybox", TestRootfs.find("busybox"));
    }

    // Whatever still runs is ended here; and if the JVM is killed, its containers end with it.
    @AfterAll
    static void close() {
        lxj.close();
    }

    @BeforeEach
    void startServer() throws Exception {
        Path site = Files.createDirectories(folder.resolve("site"));
        Files.writeString(site.resolve("index.html"), "it works\n");
        Files.writeString(site.resolve("sorry.html"), "no such page\n");
        Config config = Config.of(busybox)
                .hostname("web")
                .mount(Mount.bind(site, "/srv/site").readOnly())
                .init("/bin/httpd", "-f", "-v", "-p", "80", "-c", "/etc/httpd.conf", "-h", "/srv/site");

        server = lxj.containers().create("web", config);
        server.files().write("/etc/httpd.conf", "E404:/srv/site/sorry.html\n");
        server.start();
        awaitListening();
    }

    @AfterEach
    void destroyServer() {
        if (server.state().isAlive()) {
            server.stop();
        }
        server.destroy();
    }

    @Test
    void answersWithTheFilesOfTheHost() {
        ExecResult answer = get("/index.html");

        assertThat(answer.stdout()).isEqualTo("it works\n");
        assertThat(answer.exitCode()).isZero();
    }

    @Test
    void readsItsConfiguration() {
        ExecResult answer =
                server.exec("sh", "-c", "printf 'GET /missing.html HTTP/1.0\\r\\n\\r\\n' | nc localhost 80");

        assertThat(answer.stdout()).contains("404 Not Found", "no such page");
    }

    @Test
    void servesWhatIsWrittenWhileItRuns() throws Exception {
        Files.writeString(folder.resolve("site/news.html"), "news\n");

        assertThat(get("/news.html").stdout()).isEqualTo("news\n");
    }

    /** The init runs when start() returns; its port is open a little later. */
    private void awaitListening() {
        String question = "until nc -z localhost 80; do sleep 0.05; done";
        Command command = Command.of("sh", "-c", question).timeout(Duration.ofSeconds(30));
        assertThat(server.exec(command).exitCode()).isZero();
    }

    /** Asks the server from inside its container: it has a network of its own, with nothing but a loopback. */
    private ExecResult get(String path) {
        return server.exec("wget", "-q", "-O", "-", "http://localhost" + path);
    }
}

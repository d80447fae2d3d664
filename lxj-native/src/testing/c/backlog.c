/*
 * Exports a socket to everybody for which a single connection may wait, see listen(2), says "listening", and accepts one
 * connection for each line of its standard input.
 */
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

int main(void) {
    struct sockaddr_un address = {AF_UNIX, "/run/host/unix-export/full"};
    char line[16];
    int listening = socket(AF_UNIX, SOCK_STREAM, 0);

    umask(0);
    if (bind(listening, (struct sockaddr *)&address, sizeof address) != 0 || listen(listening, 0) != 0) {
        perror("backlog");
        return 1;
    }
    puts("listening");
    fflush(stdout);
    while (fgets(line, sizeof line, stdin) != NULL) {
        if (accept(listening, NULL, NULL) < 0) {
            perror("backlog");
            return 1;
        }
    }
    return 0;
}

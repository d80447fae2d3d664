/* An init that blocks SIGTERM at first, doesn't handle it when it lets it through, and handles it only later. */
#include <signal.h>
#include <unistd.h>

static void leave(int number) {
    (void) number;
    _exit(5);
}

int main(void) {
    sigset_t term;
    sigemptyset(&term);
    sigaddset(&term, SIGTERM);
    sigprocmask(SIG_BLOCK, &term, 0);
    usleep(500 * 1000);
    sigprocmask(SIG_UNBLOCK, &term, 0);
    usleep(500 * 1000);
    signal(SIGTERM, leave);
    for (;;) {
        pause();
    }
}

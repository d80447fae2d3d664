/*
 * Traces a process without stopping it: "seize PID" says "seized" and goes on until its standard input ends. What it
 * traces can't be waited for by anybody else as long as it does.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <unistd.h>

int main(int argc, char **argv) {
    char byte;
    if (argc != 2 || ptrace(PTRACE_SEIZE, (pid_t) atoi(argv[1]), 0, 0) != 0) {
        perror("seize");
        return 1;
    }
    puts("seized");
    fflush(stdout);
    while (read(0, &byte, 1) > 0) {
    }
    return 0;
}

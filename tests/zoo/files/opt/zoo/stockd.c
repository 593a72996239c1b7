/* stockd PORT : a daemon that somebody has built for himself.  Three workers answer; a HUP
   replaces them. */
#include <arpa/inet.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile sig_atomic_t renewed;

static void renew(int signal) {
    renewed = signal;
}

static void work(int line) {
    signal(SIGHUP, SIG_DFL);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    for (;;) {
        int caller = accept(line, NULL, NULL);
        usleep(10000);
        write(caller, "hello\r\n", 7);
        close(caller);
    }
}

int main(int count, char **words) {
    struct sockaddr_in here = {AF_INET, htons(atoi(words[1])), {htonl(INADDR_LOOPBACK)}};
    int line = socket(AF_INET, SOCK_STREAM, 0), yes = 1, at;
    pid_t workers[3];
    struct sigaction action = {0};
    action.sa_handler = renew;
    sigaction(SIGHUP, &action, NULL);
    setsockopt(line, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (bind(line, (struct sockaddr *)&here, sizeof here) || listen(line, 100)) return 1;
    for (;;) {
        renewed = 0;
        for (at = 0; at < 3; at++)
            if (!(workers[at] = fork())) work(line);
        while (!renewed) pause();
        for (at = 0; at < 3; at++) kill(workers[at], SIGKILL);
        while (wait(NULL) > 0) {}
    }
}

/*
 * The only program that runs in a pull pod (docs/decisions/0009-sleeper.md).
 *
 *   sleeper install DIR   copies itself to DIR/sleeper with mode 0555, and ends; the init container does this
 *   sleeper               does nothing until SIGTERM or SIGINT; the pull container runs the copy, in an image that may be empty
 *
 * It is static and needs no file of the image that it runs in. `build` beside this file compiles it.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int write_all(int to, const char *from, size_t length)
{
    while (length > 0) {
        ssize_t written = write(to, from, length);
        if (written < 0)
            return -1;
        from += written;
        length -= (size_t)written;
    }
    return 0;
}

static int copy(int from, int to)
{
    static char buffer[1 << 16];
    ssize_t got;
    while ((got = read(from, buffer, sizeof buffer)) > 0)
        if (write_all(to, buffer, (size_t)got) != 0)
            return -1;
    return got < 0 ? -1 : 0;
}

/* Says it to standard error and, in a pod, into the file that kubelet reads the reason of an end from. The exit code says it in any case. */
static int fail(const char *operation, const char *target)
{
    char text[PATH_MAX + 200];
    int length = snprintf(text, sizeof text, "sleeper: cannot %s %s: %s", operation, target, strerror(errno));
    if (length >= (int)sizeof text)
        length = sizeof text - 1;
    int reason = open("/dev/termination-log", O_WRONLY | O_TRUNC | O_CLOEXEC);
    if (reason >= 0)
        write_all(reason, text, (size_t)length);
    write_all(STDERR_FILENO, text, (size_t)length);
    write_all(STDERR_FILENO, "\n", 1);
    return 1;
}

/* Under another name first: whatever is at DIR/sleeper is whole, also when an earlier attempt was cut short or its copy runs. */
static int install(const char *directory)
{
    char part[PATH_MAX], whole[PATH_MAX];
    if (snprintf(whole, sizeof whole, "%s/sleeper", directory) >= (int)sizeof whole
        || snprintf(part, sizeof part, "%s/.sleeper.part", directory) >= (int)sizeof part) {
        errno = ENAMETOOLONG;
        return fail("install into", directory);
    }
    int from = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
    if (from < 0)
        return fail("read", "/proc/self/exe");
    if (unlink(part) != 0 && errno != ENOENT)
        return fail("remove", part);
    int to = open(part, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (to < 0)
        return fail("make", part);
    /* fchmod, because the umask has no say in it. */
    if (copy(from, to) != 0 || fchmod(to, 0555) != 0 || close(to) != 0)
        return fail("write", part);
    if (rename(part, whole) != 0)
        return fail("make", whole);
    return 0;
}

static int wait_for_the_end(void)
{
    sigset_t ends;
    int which;
    /* As process 1 it inherits orphans; so they leave no zombies. */
    signal(SIGCHLD, SIG_IGN);
    sigemptyset(&ends);
    sigaddset(&ends, SIGTERM);
    sigaddset(&ends, SIGINT);
    /* The kernel drops what process 1 has no handler for, but not what is blocked. */
    sigprocmask(SIG_BLOCK, &ends, NULL);
    sigwait(&ends, &which);
    return 0;
}

int main(int count, char **arguments)
{
    if (count == 1)
        return wait_for_the_end();
    if (count == 3 && strcmp(arguments[1], "install") == 0)
        return install(arguments[2]);
    static const char usage[] = "usage: sleeper [install DIR]\n";
    write_all(STDERR_FILENO, usage, sizeof usage - 1);
    return 2;
}

/* Temporary directories and child processes that never outlive this program, even after kill -9: a helper
 * process, the reaper, removes the directory when its pipe to us closes; children get PR_SET_PDEATHSIG. */
#include "process.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define FOLDER  "aluno.folder"
#define PROGRAM "aluno.program"

enum { EXIT_NOT_RUN = 127, PATH_SIZE = 4096 };

/* Pushes nil and the text of errno. */
static int fail(lua_State *L)
{
    lua_pushnil(L);
    lua_pushstring(L, strerror(errno));
    return 2;
}

/* Waits for a child's end -> its exit code, 128 and more for a signal's. */
static int reap(pid_t pid)
{
    int status = 0;
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        continue;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* In a child: leaves the terminal; stdin becomes `input`, stdout and stderr become `output`. */
static void detach(int input, int output)
{
    setsid();
    if (dup2(input, STDIN_FILENO) < 0 || dup2(output, STDOUT_FILENO) < 0 || dup2(output, STDERR_FILENO) < 0)
        _exit(EXIT_NOT_RUN);
}

/* ---- a folder ---- */

typedef struct folder {
    char path[PATH_SIZE];
    pid_t reaper; /* 0 once the folder is removed */
    int pipe_fd;  /* to the reaper; the kernel closes it when we end */
} folder;

/* In the reaper: removes the folder when the other end of the pipe is closed. Between fork and exec it calls
 * only what is safe in a signal handler, since the program may have threads. */
static void await_end(int pipe_fd, const char *path)
{
    char none;
    const int nothing = open("/dev/null", O_WRONLY);
    detach(pipe_fd, nothing);
    close_range(STDERR_FILENO + 1, ~0U, 0);
    while (read(STDIN_FILENO, &none, 1) < 0 && errno == EINTR)
        continue;
    execlp("rm", "rm", "-rf", "--", path, (char *)NULL);
    _exit(EXIT_NOT_RUN);
}

static bool name_folder(folder *self)
{
    const char *where = getenv("TMPDIR");
    const int length = snprintf(self->path, sizeof self->path, "%s/aluno-XXXXXX",
                                where != NULL && *where != '\0' ? where : "/tmp");
    if (length >= PATH_SIZE)
        errno = ENAMETOOLONG;
    return length < PATH_SIZE && mkdtemp(self->path) != NULL;
}

/* folder() -> an empty folder; tostring gives its path; closing removes it | nil, problem */
static int new_folder(lua_State *L)
{
    int ends[2];
    folder *self = lua_newuserdatauv(L, sizeof *self, 0);
    *self = (folder){0};
    luaL_setmetatable(L, FOLDER);
    if (!name_folder(self) || pipe2(ends, O_CLOEXEC) < 0)
        return fail(L);
    self->pipe_fd = ends[1];
    self->reaper = fork();
    if (self->reaper == 0)
        await_end(ends[0], self->path);
    close(ends[0]);
    if (self->reaper > 0)
        return 1;
    self->reaper = 0;
    close(ends[1]);
    return fail(L);
}

static int close_folder(lua_State *L)
{
    folder *self = luaL_checkudata(L, 1, FOLDER);
    if (self->reaper == 0)
        return 0;
    close(self->pipe_fd);
    reap(self->reaper);
    self->reaper = 0;
    return 0;
}

static int folder_path(lua_State *L)
{
    const folder *self = luaL_checkudata(L, 1, FOLDER);
    lua_pushstring(L, self->path);
    return 1;
}

/* ---- programs ---- */

typedef struct program {
    pid_t pid; /* 0 once it has ended */
    int ended; /* becomes readable when it ends */
    int code;
    bool detached; /* leads a group of its own */
} program;

/* Pushes a NULL-terminated array with room for so many texts; the collector frees it. */
static const char **push_texts(lua_State *L, size_t count)
{
    const char **texts = lua_newuserdatauv(L, (count + 1) * sizeof *texts, 0);
    memset(texts, 0, (count + 1) * sizeof *texts);
    return texts;
}

/* Pushes the words of the list at `index`, as exec wants them. */
static const char **push_words(lua_State *L, int index)
{
    const size_t count = (size_t)luaL_len(L, index);
    luaL_argcheck(L, count > 0, index, "names no program");
    luaL_checkstack(L, (int)count + 2, "too many words");
    const char **words = push_texts(L, count);
    for (size_t i = 0; i < count; i++) {
        lua_rawgeti(L, index, (lua_Integer)i + 1);
        words[i] = luaL_checkstring(L, -1); /* the list keeps it alive */
        lua_pop(L, 1);
    }
    return words;
}

static size_t count_environment(void)
{
    size_t count = 0;
    while (environ[count] != NULL)
        count++;
    return count;
}

/* Pushes our environment without the variables that begin with ALUNO (those of the client and of the
 * service), and with those of the table at `index`, or nil. */
static const char **push_environment(lua_State *L, int index)
{
    const size_t count = count_environment();
    size_t given = 0, next = 0;
    for (lua_pushnil(L); lua_istable(L, index) && lua_next(L, index) != 0; lua_pop(L, 1))
        given++;
    lua_settop(L, index);
    luaL_checkstack(L, (int)given + 4, "too many variables");
    const char **variables = push_texts(L, count + given);
    for (size_t i = 0; i < count; i++)
        if (strncmp(environ[i], "ALUNO", strlen("ALUNO")) != 0)
            variables[next++] = environ[i];
    lua_newtable(L); /* keeps the texts alive */
    for (lua_pushnil(L); lua_istable(L, index) && lua_next(L, index) != 0; lua_pop(L, 1)) {
        variables[next] = lua_pushfstring(L, "%s=%s", luaL_checkstring(L, -2), luaL_checkstring(L, -1));
        lua_rawseti(L, -4, (lua_Integer)++next);
    }
    return variables;
}

/* In the child: executes the program. Its output goes to `log`; if that is -1, to our terminal. */
static void execute(const char **words, const char **variables, int log, pid_t parent)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(EXIT_NOT_RUN);
    signal(SIGINT, SIG_DFL);
    signal(SIGPIPE, SIG_DFL);
    if (log >= 0)
        detach(open("/dev/null", O_RDONLY | O_CLOEXEC), log);
    execve(words[0], (void *)words, (void *)variables); /* execve changes neither, but takes no const */
    _exit(EXIT_NOT_RUN);
}

/* start(words[, environment[, log]]) -> a program under way; closing kills it | nil, problem. The first word
 * is the program's path. With `log`, its output is appended to that file and it is detached from the
 * terminal. */
static int start(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    const char *path = luaL_optstring(L, 3, NULL);
    lua_settop(L, 3);
    lua_insert(L, 2); /* words, log, environment */
    const char **variables = push_environment(L, 3);
    const char **words = push_words(L, 1);
    program *self = lua_newuserdatauv(L, sizeof *self, 0);
    *self = (program){.ended = -1, .detached = path != NULL};
    luaL_setmetatable(L, PROGRAM);
    const int log = path == NULL ? -1 : open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (path != NULL && log < 0)
        return fail(L);
    const pid_t parent = getpid(), pid = fork();
    if (pid == 0)
        execute(words, variables, log, parent);
    if (log >= 0)
        close(log);
    if (pid < 0)
        return fail(L);
    self->pid = pid;
    self->ended = pidfd_open(pid, 0);
    return self->ended < 0 ? fail(L) : 1;
}

static void record_end(program *self)
{
    self->code = reap(self->pid);
    self->pid = 0;
    if (self->ended >= 0)
        close(self->ended);
}

/* program:wait([seconds]) -> its exit code | nil when it still runs or Ctrl-C was pressed */
static int wait_program(lua_State *L)
{
    program *self = luaL_checkudata(L, 1, PROGRAM);
    const int timeout_ms = lua_isnoneornil(L, 2) ? -1 : (int)(luaL_checknumber(L, 2) * 1000);
    struct pollfd end = {.fd = self->ended, .events = POLLIN};
    if (self->pid != 0 && poll(&end, 1, timeout_ms) > 0)
        record_end(self);
    if (self->pid != 0)
        return 0;
    lua_pushinteger(L, self->code);
    return 1;
}

/* Kills the program, if it still runs, and all that it has started. */
static int close_program(lua_State *L)
{
    program *self = luaL_checkudata(L, 1, PROGRAM);
    if (self->pid == 0)
        return 0;
    kill(self->detached ? -self->pid : self->pid, SIGKILL);
    kill(self->pid, SIGKILL); /* it may not lead its group yet */
    record_end(self);
    return 0;
}

/* ---- facts ---- */

/* self() -> the path of this program */
static int push_self(lua_State *L)
{
    char path[PATH_SIZE];
    const ssize_t length = readlink("/proc/self/exe", path, sizeof path);
    if (length < 0)
        return luaL_error(L, "/proc/self/exe: %s", strerror(errno));
    lua_pushlstring(L, path, (size_t)length);
    return 1;
}

/* is_program(path) -> whether it is an executable file */
static int is_program(lua_State *L)
{
    const char *path = luaL_checkstring(L, 1);
    struct stat facts;
    lua_pushboolean(L, stat(path, &facts) == 0 && S_ISREG(facts.st_mode) && access(path, X_OK) == 0);
    return 1;
}

/* port() -> a TCP port of the loopback interface that is free now | nil, problem */
static int free_port(lua_State *L)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return fail(L);
    const bool found = bind(fd, (struct sockaddr *)&address, size) == 0 &&
                       getsockname(fd, (struct sockaddr *)&address, &size) == 0;
    const int problem = errno;
    close(fd);
    errno = problem;
    if (!found)
        return fail(L);
    lua_pushinteger(L, ntohs(address.sin_port));
    return 1;
}

/* ---- the module ---- */

static void set_class(lua_State *L, const char *name, const luaL_Reg *functions)
{
    luaL_newmetatable(L, name);
    luaL_setfuncs(L, functions, 0);
    lua_pushvalue(L, -1);
    lua_setfield(L, -2, "__index");
    lua_pop(L, 1);
}

int luaopen_aluno_process(lua_State *L)
{
    static const luaL_Reg of_folder[] = {{"close", close_folder},
                                         {"__close", close_folder},
                                         {"__gc", close_folder},
                                         {"__tostring", folder_path},
                                         {NULL, NULL}};
    static const luaL_Reg of_program[] = {{"wait", wait_program},
                                          {"close", close_program},
                                          {"__close", close_program},
                                          {"__gc", close_program},
                                          {NULL, NULL}};
    static const luaL_Reg functions[] = {{"folder", new_folder},     {"start", start},
                                         {"self", push_self},        {"port", free_port},
                                         {"is_program", is_program}, {NULL, NULL}};
    set_class(L, FOLDER, of_folder);
    set_class(L, PROGRAM, of_program);
    luaL_newlib(L, functions);
    return 1;
}

/*
 * A disk that fails when a test wants it to: a library to preload (ld.so(8), LD_PRELOAD).
 *
 * Below the folder DISK_FOLDER, as long as the file DISK_FAULT says
 *
 *   full       writes fail with ENOSPC, some of them after a part that still had room,
 *   read-only  writes, and opening files for them, fail with EROFS,
 *   sync       syncs fail with EIO.
 *
 * Only regular files and folders are struck: what goes to pipes and sockets, such as the log and
 * all of HTTP, is none of the disk's business. Each strike adds a byte to the file DISK_STRIKES, so
 * that a test knows that there were any.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

/* The function that is behind this library's own. */
#define BEHIND(name)                                                           \
	static __typeof__(name) *behind;                                           \
	if (!behind)                                                               \
		behind = (__typeof__(name) *)dlsym(RTLD_NEXT, #name)

static ssize_t write_behind(int fd, const void *bytes, size_t count)
{
	BEHIND(write);
	return behind(fd, bytes, count);
}

/* Whether the test says this word now. */
static int is_said(const char *word)
{
	const char *path = getenv("DISK_FAULT");
	char said[16];
	int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
	if (fd < 0)
		return 0;
	ssize_t count = read(fd, said, sizeof said);
	close(fd);
	return count == (ssize_t)strlen(word) && !memcmp(said, word, (size_t)count);
}

static int is_below_folder(const char *path, size_t length)
{
	const char *folder = getenv("DISK_FOLDER");
	size_t prefix = folder ? strlen(folder) : 0;
	return prefix && length >= prefix && !memcmp(path, folder, prefix) &&
	       (length == prefix || path[prefix] == '/');
}

/* Whether a call about a path is to fail. Leaves errno as it is. */
static int strikes_path(const char *about, size_t length, const char *word)
{
	int before = errno;
	int struck = is_below_folder(about, length) && is_said(word);
	const char *path = getenv("DISK_STRIKES");
	if (struck && path) {
		int strikes = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
		if (strikes >= 0) {
			(void)!write_behind(strikes, "x", 1);
			close(strikes);
		}
	}
	errno = before;
	return struck;
}

/* The same of a call about an open file. */
static int strikes(int fd, const char *word)
{
	int before = errno;
	char link[64], path[PATH_MAX];
	snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
	ssize_t length = readlink(link, path, sizeof path);
	errno = before;
	return length > 0 && strikes_path(path, (size_t)length, word);
}

static int fail(int error)
{
	errno = error;
	return -1;
}

/*
 * How much of a write there is room for: nothing, or a half, so that whoever goes on with the rest
 * fails later. One byte never has room, so nothing is ever written whole.
 */
static size_t room(size_t count)
{
	static unsigned calls;
	return __atomic_fetch_add(&calls, 1, __ATOMIC_RELAXED) % 2 ? 0 : count / 2;
}

static int is_for_writing(int flags)
{
	return (flags & O_ACCMODE) != O_RDONLY || flags & O_CREAT;
}

/* What follows the flags, if anything does. */
#define MODE(flags)                                                            \
	mode_t mode = 0;                                                       \
	if ((flags) & (O_CREAT | O_TMPFILE)) {                                 \
		va_list rest;                                                  \
		va_start(rest, flags);                                         \
		mode = va_arg(rest, mode_t);                                   \
		va_end(rest);                                                  \
	}

int open(const char *path, int flags, ...)
{
	BEHIND(open);
	MODE(flags)
	if (is_for_writing(flags) && strikes_path(path, strlen(path), "read-only"))
		return fail(EROFS);
	return behind(path, flags, mode);
}

int open64(const char *path, int flags, ...)
{
	BEHIND(open64);
	MODE(flags)
	if (is_for_writing(flags) && strikes_path(path, strlen(path), "read-only"))
		return fail(EROFS);
	return behind(path, flags, mode);
}

ssize_t write(int fd, const void *bytes, size_t count)
{
	if (strikes(fd, "read-only"))
		return fail(EROFS);
	if (strikes(fd, "full") && !(count = room(count)))
		return fail(ENOSPC);
	return write_behind(fd, bytes, count);
}

ssize_t writev(int fd, const struct iovec *pieces, int count)
{
	BEHIND(writev);
	if (strikes(fd, "full"))
		return fail(ENOSPC);
	return behind(fd, pieces, count);
}

ssize_t pwrite(int fd, const void *bytes, size_t count, off_t at)
{
	BEHIND(pwrite);
	if (strikes(fd, "read-only"))
		return fail(EROFS);
	if (strikes(fd, "full") && !(count = room(count)))
		return fail(ENOSPC);
	return behind(fd, bytes, count, at);
}

ssize_t pwrite64(int fd, const void *bytes, size_t count, off64_t at)
{
	BEHIND(pwrite64);
	if (strikes(fd, "read-only"))
		return fail(EROFS);
	if (strikes(fd, "full") && !(count = room(count)))
		return fail(ENOSPC);
	return behind(fd, bytes, count, at);
}

int fsync(int fd)
{
	BEHIND(fsync);
	if (strikes(fd, "sync"))
		return fail(EIO);
	return behind(fd);
}

int fdatasync(int fd)
{
	BEHIND(fdatasync);
	if (strikes(fd, "sync"))
		return fail(EIO);
	return behind(fd);
}

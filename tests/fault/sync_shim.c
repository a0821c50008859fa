// Loaded before a program (LD_PRELOAD) to count, fail, skip and note its syncs.
//
//   TANGGAP_SHIM_LOG=FILE       notes "<inode> <size>" of each file that was synced
//   TANGGAP_SHIM_FAIL_AT=N      the N-th sync of a file (from 1) fails with EIO
//   TANGGAP_SHIM_SKIP=1         syncs answer 0 and do nothing, and are not noted
//   TANGGAP_SHIM_FULL_WHEN=FILE while FILE exists, writes to files named *.log and *.sst fail with
//                               ENOSPC
//
// A power cut is played by killing the program and cutting every file to its noted size: what was
// written and not synced is gone. Bytes written over synced ones stay, which is kinder than a disk.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

static atomic_long syncs_seen;

typedef int (*sync_call)(int);
typedef ssize_t (*write_call)(int, const void*, size_t);
typedef ssize_t (*pwrite_call)(int, const void*, size_t, off_t);

static void note(int file)
{
    const char* const path = getenv("TANGGAP_SHIM_LOG");
    struct stat info;
    if (path == NULL || fstat(file, &info) != 0 || !S_ISREG(info.st_mode)) {
        return;
    }
    char line[64];
    const int length = snprintf(line, sizeof line, "%llu %lld\n", (unsigned long long)info.st_ino,
                                (long long)info.st_size);
    const int log = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (log >= 0) {
        write_call real = (write_call)dlsym(RTLD_NEXT, "write");
        if (real(log, line, (size_t)length) != length) {
            abort(); // The test would blame the program for what we failed to note.
        }
        close(log);
    }
}

static int is_regular(int file)
{
    struct stat info;
    return fstat(file, &info) == 0 && S_ISREG(info.st_mode);
}

static int sync_with(const char* name, int file)
{
    if (is_regular(file)) {
        const char* const fail_at = getenv("TANGGAP_SHIM_FAIL_AT");
        const long number = atomic_fetch_add(&syncs_seen, 1) + 1;
        if (fail_at != NULL && number == strtol(fail_at, NULL, 10)) {
            errno = EIO;
            return -1;
        }
        if (getenv("TANGGAP_SHIM_SKIP") != NULL) {
            return 0;
        }
    }
    sync_call real = (sync_call)dlsym(RTLD_NEXT, name);
    const int result = real(file);
    if (result == 0) {
        note(file);
    }
    return result;
}

int fsync(int file)
{
    return sync_with("fsync", file);
}

int fdatasync(int file)
{
    return sync_with("fdatasync", file);
}

static int disk_is_full_for(int file)
{
    const char* const when = getenv("TANGGAP_SHIM_FULL_WHEN");
    if (when == NULL || access(when, F_OK) != 0) {
        return 0;
    }
    char link[64];
    char path[PATH_MAX];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    const ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 4) {
        return 0;
    }
    path[length] = '\0';
    return strcmp(path + length - 4, ".log") == 0 || strcmp(path + length - 4, ".sst") == 0;
}

ssize_t write(int file, const void* bytes, size_t count)
{
    if (disk_is_full_for(file)) {
        errno = ENOSPC;
        return -1;
    }
    write_call real = (write_call)dlsym(RTLD_NEXT, "write");
    return real(file, bytes, count);
}

ssize_t pwrite64(int file, const void* bytes, size_t count, off_t offset)
{
    if (disk_is_full_for(file)) {
        errno = ENOSPC;
        return -1;
    }
    pwrite_call real = (pwrite_call)dlsym(RTLD_NEXT, "pwrite64");
    return real(file, bytes, count, offset);
}

ssize_t pwrite(int file, const void* bytes, size_t count, off_t offset)
{
    return pwrite64(file, bytes, count, offset);
}

#include "base/sandbox.h"

#include <cerrno>
#include <cstdint>
#include <fcntl.h>
#include <initializer_list>
#include <linux/landlock.h>
#include <seccomp.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace tanggap::base {
namespace {

constexpr std::uint64_t kRead = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR;
constexpr std::uint64_t kWrite = LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR |
                                 LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_DIR |
                                 LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_SYM;
constexpr std::uint64_t kExecute = LANDLOCK_ACCESS_FS_EXECUTE;
constexpr std::uint64_t kNever = LANDLOCK_ACCESS_FS_MAKE_CHAR | LANDLOCK_ACCESS_FS_MAKE_BLOCK |
                                 LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_MAKE_FIFO;

/// Rights that later kernels added: without them in the set they would stay allowed, or, for
/// REFER, moves between writable folders would stay refused.
std::uint64_t rights_of_abi(long abi)
{
#ifdef LANDLOCK_ACCESS_FS_REFER
    const std::uint64_t refer = abi >= 2 ? LANDLOCK_ACCESS_FS_REFER : 0;
#else
    const std::uint64_t refer = 0;
#endif
#ifdef LANDLOCK_ACCESS_FS_TRUNCATE
    return refer | (abi >= 3 ? LANDLOCK_ACCESS_FS_TRUNCATE : 0);
#else
    return refer;
#endif
}

/// Rights that a plain file can have: the kernel refuses others for it.
constexpr std::uint64_t kOfFiles =
    LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_EXECUTE;

Status allow(int ruleset, const std::string& path, std::uint64_t rights)
{
    const int opened = open(path.c_str(), O_PATH | O_CLOEXEC);
    if (opened < 0) {
        return {}; // what is not there needs no right
    }
    struct stat kind{};
    const bool folder = fstat(opened, &kind) == 0 && S_ISDIR(kind.st_mode);
    const landlock_path_beneath_attr rule{.allowed_access = folder ? rights : rights & kOfFiles,
                                          .parent_fd = opened};
    const long added =
        syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
    const int why = errno;
    close(opened);
    if (added != 0) {
        return system_error("landlock refuses a rule for " + path, why);
    }
    return {};
}

Status restrict_to(int ruleset, const SandboxRules& rules, std::uint64_t extra)
{
    for (const std::string& path : rules.write) {
        TRY_STATUS(allow(ruleset, path, kRead | kWrite | extra));
    }
    for (const std::string& path : rules.read) {
        TRY_STATUS(allow(ruleset, path, kRead));
    }
    for (const std::string& path : rules.execute) {
        TRY_STATUS(allow(ruleset, path, kRead | kExecute));
    }
    for (const char* path : {"/dev/null", "/dev/urandom"}) {
        TRY_STATUS(allow(ruleset, path, kRead | kWrite));
    }
    if (syscall(SYS_landlock_restrict_self, ruleset, 0) != 0) {
        return system_error("landlock cannot be entered", errno);
    }
    return {};
}

Result<std::string> enter_landlock(const SandboxRules& rules)
{
    const long abi = landlock_version();
    if (abi < 1) {
        return std::string("no landlock in this kernel");
    }
    const std::uint64_t extra = rights_of_abi(abi);
    const landlock_ruleset_attr attributes{.handled_access_fs =
                                               kRead | kWrite | kExecute | kNever | extra};
    const long ruleset =
        syscall(SYS_landlock_create_ruleset, &attributes, sizeof attributes.handled_access_fs, 0);
    if (ruleset < 0) {
        return internal("landlock cannot be set up, errno " + std::to_string(errno));
    }
    const Status restricted = restrict_to(static_cast<int>(ruleset), rules, extra);
    close(static_cast<int>(ruleset));
    TRY_STATUS(restricted);
    return "landlock abi " + std::to_string(abi);
}

bool add_rules(scmp_filter_ctx filter, const SandboxRules& rules)
{
    bool ok = true;
    for (const int call :
         {SCMP_SYS(ptrace), SCMP_SYS(process_vm_readv), SCMP_SYS(process_vm_writev),
          SCMP_SYS(mount), SCMP_SYS(umount2), SCMP_SYS(init_module), SCMP_SYS(finit_module),
          SCMP_SYS(kexec_load), SCMP_SYS(bpf), SCMP_SYS(perf_event_open), SCMP_SYS(keyctl),
          SCMP_SYS(add_key), SCMP_SYS(request_key), SCMP_SYS(unshare), SCMP_SYS(setns),
          SCMP_SYS(userfaultfd),
          // A ring makes sockets and opens files past the rules for those calls.
          SCMP_SYS(io_uring_setup), SCMP_SYS(io_uring_enter), SCMP_SYS(io_uring_register),
          SCMP_SYS(pidfd_getfd), SCMP_SYS(open_by_handle_at), SCMP_SYS(delete_module),
          SCMP_SYS(kexec_file_load), SCMP_SYS(reboot), SCMP_SYS(swapon), SCMP_SYS(settimeofday),
          SCMP_SYS(clock_settime), SCMP_SYS(ioperm), SCMP_SYS(iopl), SCMP_SYS(acct)}) {
        ok = ok && seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), call, 0) == 0;
    }
    if (rules.programs == Programs::None) {
        for (const int call : {SCMP_SYS(execve), SCMP_SYS(execveat)}) {
            ok = ok && seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), call, 0) == 0;
        }
    }
    if (rules.sockets == Sockets::None) {
        return ok && seccomp_rule_add(filter, SCMP_ACT_ERRNO(EACCES), SCMP_SYS(socket), 0) == 0;
    }
    const scmp_arg_cmp other_family{.arg = 0, .op = SCMP_CMP_NE, .datum_a = AF_UNIX, .datum_b = 0};
    return ok && seccomp_rule_add_array(filter, SCMP_ACT_ERRNO(EACCES), SCMP_SYS(socket), 1,
                                        &other_family) == 0;
}

Status enter_seccomp(const SandboxRules& rules)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
    if (filter == nullptr) {
        return internal("seccomp cannot be set up");
    }
    const bool entered = add_rules(filter, rules) && seccomp_load(filter) == 0;
    seccomp_release(filter);
    if (!entered) {
        return internal("the kernel refuses the seccomp filter");
    }
    return {};
}

} // namespace

Result<std::string> enter_sandbox(const SandboxRules& rules)
{
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) {
        return internal("PR_SET_NO_NEW_PRIVS is refused");
    }
    TRY(const std::string landlock, enter_landlock(rules));
    TRY_STATUS(enter_seccomp(rules));
    return landlock + ", seccomp";
}

long landlock_version()
{
    return syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION);
}

} // namespace tanggap::base

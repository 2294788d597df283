/* Lets user-mode Linux of 6.1 run on CPUs whose register state is larger than it expects (AMX).
 *
 * It reads and sets a process's registers by ptrace(2) in 2,696 bytes. Reading less than there is
 * works; setting less is refused by the host (EFAULT; xstateregs_set in arch/x86/kernel/fpu/regset.c
 * wants the whole), and the guest panics. So what it sets is completed with what is there: of the
 * rest, the tiles of AMX, a process has none unless it asks for them by arch_prctl(2).
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <elf.h>
#include <stdarg.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/uio.h>

static long (*host_ptrace)(int request, ...);

__attribute__((constructor)) static void find_ptrace(void)
{
    host_ptrace = (long (*)(int, ...))dlsym(RTLD_NEXT, "ptrace");
}

long ptrace(enum __ptrace_request request, ...)
{
    static unsigned char whole[65536];
    struct iovec all = {whole, sizeof whole};
    va_list rest;
    va_start(rest, request);
    int pid = va_arg(rest, int);
    void *address = va_arg(rest, void *);
    void *data = va_arg(rest, void *);
    va_end(rest);

    if (request == PTRACE_SETREGSET && address == (void *)NT_X86_XSTATE) {
        struct iovec *given = data;
        if (host_ptrace(PTRACE_GETREGSET, pid, address, &all) == 0 &&
            given->iov_len < all.iov_len) {
            memcpy(whole, given->iov_base, given->iov_len);
            return host_ptrace(request, pid, address, &all);
        }
    }
    return host_ptrace(request, pid, address, data);
}

/*
 * Makes system calls by all ways into the kernel that a 64-bit program has, and says what each returned. Standard input is a file that
 * is mapped: the length of a seccomp filter, how many calls, the filter, the calls; the results are written into it.
 * No library, so that nothing else is called once the filter is on. Built by the tests with
 * gcc -static -nostdlib -ffreestanding -fno-stack-protector -O1.
 */
struct call {
    long way; /* 0 the usual one, 1 int 0x80 of x86 */
    long number;
    long arguments[6];
    long result;
};

enum { SIZE = 1 << 20 };

#if defined(__x86_64__)
enum { MMAP = 9, PRCTL = 157, SECCOMP = 317, EXIT_GROUP = 231 };

static long call64(long number, long a, long b, long c, long d, long e, long f)
{
    register long r10 __asm__("r10") = d;
    register long r8 __asm__("r8") = e;
    register long r9 __asm__("r9") = f;
    long result;
    __asm__ volatile("syscall"
                     : "=a"(result)
                     : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                     : "rcx", "r11", "memory");
    return result;
}

static long call32(long number, long a, long b, long c, long d, long e)
{
    int result;
    __asm__ volatile("int $0x80"
                     : "=a"(result)
                     : "a"((int)number), "b"(a), "c"(b), "d"(c), "S"(d), "D"(e)
                     : "r8", "r9", "r10", "r11", "memory");
    return result;
}

__asm__(".globl _start\n_start: andq $-16, %rsp\n call run\n");
#elif defined(__aarch64__)
enum { MMAP = 222, PRCTL = 167, SECCOMP = 277, EXIT_GROUP = 94 };

static long call64(long number, long a, long b, long c, long d, long e, long f)
{
    register long x8 __asm__("x8") = number;
    register long x0 __asm__("x0") = a;
    register long x1 __asm__("x1") = b;
    register long x2 __asm__("x2") = c;
    register long x3 __asm__("x3") = d;
    register long x4 __asm__("x4") = e;
    register long x5 __asm__("x5") = f;
    __asm__ volatile("svc #0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5) : "memory");
    return x0;
}

/* Only 32-bit programs get there. */
static long call32(long number, long a, long b, long c, long d, long e)
{
    return -38;
}

__asm__(".globl _start\n_start: bl run\n");
#endif

void run(void)
{
    long *file = (long *)call64(MMAP, 0, SIZE, 3, 1, 0, 0);
    long length = file[0];
    long count = file[1];
    struct call *calls = (struct call *)(file + 2 + length);
    if (length > 0) {
        struct {
            long length;
            void *filter;
        } program = {length, file + 2};
        long failed = call64(PRCTL, 38, 1, 0, 0, 0, 0);
        failed = failed ? failed : call64(SECCOMP, 1, 4, (long)&program, 0, 0, 0);
        if (failed) {
            call64(EXIT_GROUP, 1, 0, 0, 0, 0, 0);
        }
    }
    for (long i = 0; i < count; i++) {
        long *a = calls[i].arguments;
        calls[i].result = calls[i].way ? call32(calls[i].number, a[0], a[1], a[2], a[3], a[4])
                                       : call64(calls[i].number, a[0], a[1], a[2], a[3], a[4], a[5]);
    }
    call64(EXIT_GROUP, 0, 0, 0, 0, 0, 0);
}

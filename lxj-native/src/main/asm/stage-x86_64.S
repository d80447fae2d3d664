# The stage for x86-64: runs the plan that it finds in fd 0.
#
# A step is 96 bytes: number at 0, six arguments from 8, mask at 56 (bit i: argument i is the address of its value),
# result at 64, and the addresses of the steps that follow a positive result (72), a zero (80) and an error (88).
# An error without a step to follow it ends the process with status 126. Nothing is kept on the stack.
#
# Assemble: as stage-x86_64.S -o stage.o && objcopy -O binary -j .text stage.o stage.bin

        .set    PLAN, 0x1000000000
        .set    PLAN_SIZE, 0x1000000

        .macro  argument register, index
        mov     8 + 8 * \index(%rbx), \register
        test    $(1 << \index), %r11b
        jz      1f
        mov     (\register), \register
1:
        .endm

        .text
_start:
        mov     $9, %eax                # mmap
        movabs  $PLAN, %rdi
        mov     $PLAN_SIZE, %esi
        mov     $3, %edx                # PROT_READ | PROT_WRITE
        mov     $0x11, %r10d            # MAP_SHARED | MAP_FIXED
        xor     %r8d, %r8d              # fd 0
        xor     %r9d, %r9d
        syscall
        test    %rax, %rax
        js      stop
        mov     (%rax), %rbx            # the first word is the address of the first step
step:
        mov     56(%rbx), %r11
        argument %rdi, 0
        argument %rsi, 1
        argument %rdx, 2
        argument %r10, 3
        argument %r8, 4
        argument %r9, 5
        mov     (%rbx), %rax
        syscall
        mov     %rax, 64(%rbx)
        test    %rax, %rax
        js      error
        jz      zero
        mov     72(%rbx), %rbx
        jmp     step
zero:
        mov     80(%rbx), %rbx
        jmp     step
error:
        mov     88(%rbx), %rbx
        test    %rbx, %rbx
        jnz     step
stop:
        mov     $126, %edi
        mov     $231, %eax              # exit_group
        syscall

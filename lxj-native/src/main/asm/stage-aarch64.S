// The stage for aarch64: runs the plan that it finds in fd 0.
//
// A step is 96 bytes: number at 0, six arguments from 8, mask at 56 (bit i: argument i is the address of its value),
// result at 64, and the addresses of the steps that follow a positive result (72), a zero (80) and an error (88).
// An error without a step to follow it ends the process with status 126. Nothing is kept on the stack.
//
// Assemble: as stage-aarch64.S -o stage.o && objcopy -O binary -j .text stage.o stage.bin

        .macro  argument index
        ldr     x\index, [x19, #(8 + 8 * \index)]
        tbz     x20, #\index, 1f
        ldr     x\index, [x\index]
1:
        .endm

        .text
_start:
        mov     x8, #222                // mmap
        mov     x0, #0x1000000000       // PLAN
        mov     x1, #0x1000000          // PLAN_SIZE
        mov     x2, #3                  // PROT_READ | PROT_WRITE
        mov     x3, #0x11               // MAP_SHARED | MAP_FIXED
        mov     x4, #0                  // fd 0
        mov     x5, #0
        svc     #0
        tbnz    x0, #63, stop
        ldr     x19, [x0]               // the first word is the address of the first step
step:
        ldr     x20, [x19, #56]
        argument 0
        argument 1
        argument 2
        argument 3
        argument 4
        argument 5
        ldr     x8, [x19]
        svc     #0
        str     x0, [x19, #64]
        tbnz    x0, #63, error
        cbz     x0, zero
        ldr     x19, [x19, #72]
        b       step
zero:
        ldr     x19, [x19, #80]
        b       step
error:
        ldr     x19, [x19, #88]
        cbnz    x19, step
stop:
        mov     x0, #126
        mov     x8, #94                 // exit_group
        svc     #0

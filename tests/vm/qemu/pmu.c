/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * AMD family 10h performance counters for TCG.
 *
 * Four 48-bit counters, MSRs C001_0000..3 (event select) and C001_0004..7
 * (count), as the "BIOS and Kernel Developer's Guide for AMD Family 10h
 * Processors" (31116), sections 2.16 and 3.12, has them. USR, OS, INT, EN, the
 * guest-only and host-only bits and the unit masks work. INV, CMASK and EDGE
 * do not: a counter that asks for them, or for an event not listed below,
 * counts nothing (-d unimp says so).
 *
 * Events:
 *   076h  CPU clocks not halted. One per nanosecond of virtual time, so a
 *         1 GHz CPU; under -icount shift=0 one per instruction.
 *   0C0h  Retired instructions. Exact under -icount. Without it, blocks that
 *         are executed while a counter is set to this event carry code that
 *         counts them (CF_COUNT_INSNS): an instruction that faults is counted
 *         for each attempt, and the interrupt of an overflow comes up to some
 *         ten thousand instructions late. In both cases an iteration of a
 *         repeated string instruction may count as an instruction.
 *   046h  DTLB misses, 085h ITLB misses: fills of the softmmu TLB, unit masks
 *         01h, 02h, 04h by the size of the page (4K, 2M/4M, 1G).
 *   045h, 084h  Misses of the first TLB level that hit the second: the
 *         softmmu TLB has one level, so they are always zero.
 *
 * Two kinds of counting. TLB misses are added where they happen. Clocks and
 * instructions run on their own, and a sync adds what has passed since the
 * last one to the counters that were counting. Each change of what counts
 * (privilege level, guest mode, HLT, a write to an event select) is a sync,
 * then a new set of counting counters. So a machine whose counters are off
 * pays a test of one byte at each change of the privilege level.
 *
 * An overflow of a counter with INT set is delivered through the local APIC's
 * LVT entry, as NMI or vector, as the guest has programmed it. A timer is
 * armed for the moment of the next overflow of clocks and instructions. If the
 * counters stopped meanwhile the timer comes early and is armed again; it
 * never has to be moved back. The vCPU's state belongs to the vCPU's thread,
 * so the timer only queues work for it. That is also how overflows found in
 * the middle of a translation block get out of it.
 */

#include "qemu/osdep.h"
#include "qemu/bitops.h"
#include "qemu/log.h"
#include "qemu/main-loop.h"
#include "qemu/timer.h"
#include "qemu/units.h"
#include "cpu.h"
#include "exec/exec-all.h"
#include "hw/i386/apic.h"
#include "sysemu/cpu-timers.h"

#define EVTSEL_UMASK(sel) (((sel) >> 8) & 0xff)
#define EVTSEL_USR        (1ull << 16)
#define EVTSEL_OS         (1ull << 17)
#define EVTSEL_EDGE       (1ull << 18)
#define EVTSEL_INT        (1ull << 20)
#define EVTSEL_EN         (1ull << 22)
#define EVTSEL_INV        (1ull << 23)
#define EVTSEL_CMASK      (0xffull << 24)
#define EVTSEL_GUEST_ONLY (1ull << 40)
#define EVTSEL_HOST_ONLY  (1ull << 41)
#define EVTSEL_EVENT(sel) (((sel) & 0xff) | (((sel) >> 24) & 0xf00))

#define EVENT_DTLB_L2_HIT 0x045
#define EVENT_DTLB_MISS   0x046
#define EVENT_CYCLES      0x076
#define EVENT_ITLB_L2_HIT 0x084
#define EVENT_ITLB_MISS   0x085
#define EVENT_INSNS       0x0c0

#define COUNTER_BITS 48
#define COUNTER_MASK MAKE_64BIT_MASK(0, COUNTER_BITS)

/* Without -icount: an overflow of instructions is looked for this often. */
#define INSNS_POLL_NS (20 * SCALE_US)

/*
 * The CPU's own clock: instructions under -icount, else nanoseconds.
 *
 * The instruction count is exact wherever this is called, even where QEMU's
 * own clock must not be read: everything that calls it is either between two
 * translation blocks or the last instruction of its block.
 */
static int64_t x86_pmu_clock(CPUState *cs)
{
    if (icount_enabled()) {
        return icount_get_cpu(cs);
    }
    return qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL);
}

/* QEMU's clock, for the timer; see x86_pmu_clock() on why this is safe. */
static int64_t x86_pmu_timer_now(CPUState *cs)
{
    uint32_t can_do_io = cs->can_do_io;
    int64_t now;

    cs->can_do_io = 1;
    now = qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL);
    cs->can_do_io = can_do_io;
    return now;
}

static void x86_pmu_add(X86PMU *pmu, int i, uint64_t n)
{
    uint64_t sum = pmu->counter[i] + n;

    pmu->counter[i] = sum & COUNTER_MASK;
    if (sum != pmu->counter[i] && (pmu->evtsel[i] & EVTSEL_INT)) {
        pmu->overflowed |= 1 << i;
    }
}

static void x86_pmu_add_all(X86PMU *pmu, uint8_t counters, uint64_t n)
{
    for (int i = 0; i < X86_PMU_COUNTERS; i++) {
        if (counters & (1 << i)) {
            x86_pmu_add(pmu, i, n);
        }
    }
}

/* Bring the counters of clocks and instructions up to this moment. */
static void x86_pmu_sync(CPUX86State *env)
{
    X86PMU *pmu = &env->pmu;
    int64_t clock = x86_pmu_clock(env_cpu(env));

    if (icount_enabled()) {
        pmu->retired = clock;
    }
    if (!pmu->is_halted) {
        x86_pmu_add_all(pmu, pmu->cycles, clock - pmu->clock_stamp);
        x86_pmu_add_all(pmu, pmu->insns, pmu->retired - pmu->retired_stamp);
    }
    pmu->clock_stamp = clock;
    pmu->retired_stamp = pmu->retired;
}

/* Does this event select count in the mode that the CPU is in? */
static bool x86_pmu_counts_now(CPUX86State *env, uint64_t sel)
{
    bool is_guest = env->hflags & HF_GUEST_MASK;
    uint64_t who = sel & (EVTSEL_GUEST_ONLY | EVTSEL_HOST_ONLY);

    if (!(sel & EVTSEL_EN)) {
        return false;
    }
    if (!(sel & ((env->hflags & HF_CPL_MASK) ? EVTSEL_USR : EVTSEL_OS))) {
        return false;
    }
    return !who || (who & (is_guest ? EVTSEL_GUEST_ONLY : EVTSEL_HOST_ONLY));
}

/* Which counters count from now on. */
static void x86_pmu_select(CPUX86State *env)
{
    X86PMU *pmu = &env->pmu;

    pmu->cycles = pmu->insns = pmu->dtlb = pmu->itlb = 0;
    for (int i = 0; i < X86_PMU_COUNTERS; i++) {
        uint64_t sel = pmu->evtsel[i];

        if (!x86_pmu_counts_now(env, sel) ||
            (sel & (EVTSEL_EDGE | EVTSEL_INV | EVTSEL_CMASK))) {
            continue;
        }
        switch (EVTSEL_EVENT(sel)) {
        case EVENT_CYCLES:
            pmu->cycles |= 1 << i;
            break;
        case EVENT_INSNS:
            pmu->insns |= 1 << i;
            break;
        case EVENT_DTLB_MISS:
            pmu->dtlb |= 1 << i;
            break;
        case EVENT_ITLB_MISS:
            pmu->itlb |= 1 << i;
            break;
        }
    }
}

static void x86_pmu_expired(void *opaque);

/* Set the timer to come at this time or before. */
static void x86_pmu_set_timer(CPUX86State *env, int64_t deadline)
{
    X86CPU *cpu = env_archcpu(env);
    bool is_locked = qemu_mutex_iothread_locked();

    if (env->pmu.deadline && env->pmu.deadline <= deadline) {
        return;
    }
    env->pmu.deadline = deadline;
    if (!cpu->pmu_timer) {
        cpu->pmu_timer = timer_new_ns(QEMU_CLOCK_VIRTUAL, x86_pmu_expired,
                                      cpu);
    }
    if (!is_locked) {
        qemu_mutex_lock_iothread();
    }
    timer_mod_ns(cpu->pmu_timer, deadline);
    if (!is_locked) {
        qemu_mutex_unlock_iothread();
    }
}

/* How long until this counter overflows, in ns. */
static uint64_t x86_pmu_time_left(X86PMU *pmu, int i)
{
    uint64_t left = COUNTER_MASK + 1 - pmu->counter[i];

    if (icount_enabled()) {
        return icount_to_ns(left);
    }
    /* Instructions come at up to about two per nanosecond. */
    return (pmu->insns & (1 << i)) ? MAX(left / 2, INSNS_POLL_NS) : left;
}

/* Arm the timer for the next overflow, unless it comes before that anyway. */
static void x86_pmu_arm(CPUX86State *env)
{
    X86PMU *pmu = &env->pmu;
    uint8_t counters = pmu->is_halted ? 0 : pmu->cycles | pmu->insns;
    uint64_t left = UINT64_MAX;

    for (int i = 0; i < X86_PMU_COUNTERS; i++) {
        if ((counters & (1 << i)) && (pmu->evtsel[i] & EVTSEL_INT)) {
            left = MIN(left, x86_pmu_time_left(pmu, i));
        }
    }
    if (left != UINT64_MAX) {
        x86_pmu_set_timer(env, x86_pmu_timer_now(env_cpu(env)) + left);
    }
}

/* In the vCPU's thread, between two translation blocks. */
static void x86_pmu_work(CPUState *cs, run_on_cpu_data data)
{
    X86CPU *cpu = X86_CPU(cs);
    X86PMU *pmu = &cpu->env.pmu;

    x86_pmu_sync(&cpu->env);
    pmu->is_work_queued = false;
    if (pmu->overflowed) {
        pmu->overflowed = 0;
        apic_deliver_pmi(cpu->apic_state);
    }
    if (data.host_int) {
        pmu->deadline = 0;
    }
    x86_pmu_arm(&cpu->env);
}

/* The timer: in the main loop's thread, or under -icount in the vCPU's. */
static void x86_pmu_expired(void *opaque)
{
    X86CPU *cpu = opaque;

    async_run_on_cpu(CPU(cpu), x86_pmu_work, RUN_ON_CPU_HOST_INT(true));
}

static void x86_pmu_check_overflow(CPUX86State *env)
{
    X86PMU *pmu = &env->pmu;

    if (pmu->overflowed && !pmu->is_work_queued) {
        pmu->is_work_queued = true;
        async_run_on_cpu(env_cpu(env), x86_pmu_work,
                         RUN_ON_CPU_HOST_INT(false));
    }
}

/* What counts may have changed: count what has passed under the old rule. */
void x86_pmu_update(CPUX86State *env)
{
    x86_pmu_sync(env);
    x86_pmu_select(env);
    x86_pmu_check_overflow(env);
    x86_pmu_arm(env);
}

void x86_pmu_halt(CPUX86State *env)
{
    x86_pmu_sync(env);
    env->pmu.is_halted = true;
    x86_pmu_check_overflow(env);
}

void x86_pmu_resume(CPUX86State *env)
{
    x86_pmu_sync(env);
    env->pmu.is_halted = false;
    x86_pmu_arm(env);
}

void x86_pmu_tlb_miss(CPUX86State *env, bool is_fetch, uint64_t page_size)
{
    X86PMU *pmu = &env->pmu;
    uint8_t counters = is_fetch ? pmu->itlb : pmu->dtlb;
    int unit = page_size <= 4 * KiB ? 1 : page_size <= 4 * MiB ? 2 : 4;

    for (int i = 0; i < X86_PMU_COUNTERS; i++) {
        if ((counters & (1 << i)) && (EVTSEL_UMASK(pmu->evtsel[i]) & unit)) {
            x86_pmu_add(pmu, i, 1);
        }
    }
    x86_pmu_check_overflow(env);
}

static bool x86_pmu_event_known(uint64_t sel)
{
    switch (EVTSEL_EVENT(sel)) {
    case EVENT_CYCLES:
    case EVENT_INSNS:
    case EVENT_DTLB_MISS:
    case EVENT_DTLB_L2_HIT:
    case EVENT_ITLB_MISS:
    case EVENT_ITLB_L2_HIT:
        return !(sel & (EVTSEL_EDGE | EVTSEL_INV | EVTSEL_CMASK));
    }
    return false;
}

/*
 * Have instructions counted by the blocks executed from now on: the write to
 * the event select ends its block, and blocks are looked up by these flags.
 */
static void x86_pmu_count_insns(CPUX86State *env)
{
    CPUState *cs = env_cpu(env);

    if (icount_enabled()) {
        return;
    }
    cs->tcg_cflags &= ~CF_COUNT_INSNS;
    for (int i = 0; i < X86_PMU_COUNTERS; i++) {
        uint64_t sel = env->pmu.evtsel[i];

        if ((sel & EVTSEL_EN) && EVTSEL_EVENT(sel) == EVENT_INSNS) {
            cs->tcg_cflags |= CF_COUNT_INSNS;
        }
    }
}

static void x86_pmu_write_evtsel(CPUX86State *env, int i, uint64_t sel)
{
    X86PMU *pmu = &env->pmu;

    if ((sel & EVTSEL_EN) && !x86_pmu_event_known(sel)) {
        qemu_log_mask(LOG_UNIMP, "x86 pmu: no event select %016" PRIx64 "\n",
                      sel);
    }
    x86_pmu_sync(env);
    pmu->evtsel[i] = sel;
    pmu->enabled = deposit32(pmu->enabled, i, 1, !!(sel & EVTSEL_EN));
    x86_pmu_count_insns(env);
    x86_pmu_update(env);
}

static bool x86_pmu_exists(CPUX86State *env)
{
    return env_archcpu(env)->enable_pmu && IS_AMD_CPU(env);
}

/* Is this an MSR of ours? Its block must have been ended: see rdmsr, wrmsr. */
bool x86_pmu_wrmsr(CPUX86State *env, uint32_t msr, uint64_t val)
{
    uint32_t i = msr - MSR_K7_EVNTSEL0;

    if (i >= 2 * X86_PMU_COUNTERS || !x86_pmu_exists(env)) {
        return false;
    }
    if (i < X86_PMU_COUNTERS) {
        x86_pmu_write_evtsel(env, i, val);
    } else {
        x86_pmu_sync(env);
        env->pmu.counter[i - X86_PMU_COUNTERS] = val & COUNTER_MASK;
        x86_pmu_update(env);
    }
    return true;
}

bool x86_pmu_rdmsr(CPUX86State *env, uint32_t msr, uint64_t *val)
{
    uint32_t i = msr - MSR_K7_EVNTSEL0;

    if (i >= 2 * X86_PMU_COUNTERS || !x86_pmu_exists(env)) {
        return false;
    }
    x86_pmu_sync(env);
    x86_pmu_check_overflow(env);
    *val = i < X86_PMU_COUNTERS ? env->pmu.evtsel[i]
                                : env->pmu.counter[i - X86_PMU_COUNTERS];
    return true;
}
